// swift-tools-version: 6.2

import PackageDescription

// One section for each target and the tests beside it, lower targets first. Arrows point upward in this file only:
// a target may depend on what stands above it. `scripts/test` proves that no import goes round the list.

let package = Package(
    name: "tokend",
    products: [
        .library(name: "TokenClient", targets: ["TokenClient"]),
        .executable(name: "tokend", targets: ["tokend"]),
        .executable(name: "tokenctl", targets: ["tokenctl"]),
        .executable(name: "tokend-sandbox", targets: ["tokend-sandbox"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/LebJe/TOMLKit.git", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // C libraries

        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(name: "CLinux"),

        // OAuth

        .target(name: "OAuth", dependencies: [.crypto, .httpTypes]),
        .testTarget(name: "OAuthTests", dependencies: ["OAuth", .crypto, .httpTypes]),

        // IdentityCenter

        .target(name: "IdentityCenter", dependencies: ["OAuth", .crypto, .httpTypes]),
        .testTarget(
            name: "IdentityCenterTests",
            dependencies: ["IdentityCenter", "OAuth", .crypto, .httpTypes],
            resources: [.embedInCode("Vectors")]
        ),

        // Accounts

        .target(name: "Accounts", dependencies: ["OAuth"]),
        .testTarget(name: "AccountsTests", dependencies: ["Accounts", "OAuth"]),

        // LocalAPI

        .target(name: "LocalAPI"),
        .testTarget(name: "LocalAPITests", dependencies: ["LocalAPI"]),

        // Settings

        .target(name: "Settings", dependencies: ["IdentityCenter", "OAuth", .tomlKit]),
        .testTarget(name: "SettingsTests", dependencies: ["IdentityCenter", "OAuth", "Settings", .tomlKit]),

        // Transport

        .target(name: "Transport", dependencies: ["CCurl", .httpTypes]),
        .testTarget(name: "TransportTests", dependencies: ["Transport", .httpTypes]),

        // TokenStore

        .target(name: "TokenStore", dependencies: ["Accounts", "CSQLite", "OAuth", .crypto]),
        .testTarget(
            name: "TokenStoreTests",
            dependencies: ["Accounts", "CSQLite", "OAuth", "TokenStore"]
        ),

        // Gateways

        .target(name: "Gateways", dependencies: ["CLinux", "LocalAPI", .nioCore, .nioPosix, .nioHTTP1]),
        .testTarget(
            name: "GatewaysTests",
            dependencies: ["Gateways", "LocalAPI", .nioCore, .nioPosix]
        ),

        // TokenClient

        .target(name: "TokenClient", dependencies: ["CLinux", "LocalAPI"]),
        .testTarget(name: "TokenClientTests", dependencies: ["LocalAPI", "TokenClient"]),

        // SandboxIssuer

        .target(
            name: "SandboxIssuer",
            dependencies: ["IdentityCenter", "OAuth", .crypto, .httpTypes, .nioCore, .nioPosix, .nioHTTP1]
        ),
        .testTarget(
            name: "SandboxIssuerTests",
            dependencies: ["IdentityCenter", "OAuth", "SandboxIssuer", .crypto, .httpTypes]
        ),
        .executableTarget(
            name: "tokend-sandbox",
            dependencies: ["LocalAPI", "SandboxIssuer", .argumentParser, .unixSignals]
        ),

        // Daemon

        .target(
            name: "Daemon",
            dependencies: [
                "Accounts", "CLinux", "Gateways", "IdentityCenter", "LocalAPI", "OAuth", "Settings", "TokenStore",
                "Transport", .httpTypes, .logging, .serviceLifecycle, .unixSignals,
            ]
        ),
        .testTarget(
            name: "DaemonTests",
            dependencies: [
                "Accounts", "CLinux", "Daemon", "Gateways", "IdentityCenter", "LocalAPI", "OAuth", "SandboxIssuer",
                "Settings", "TokenStore", "Transport", .httpTypes, .logging,
            ],
            exclude: ["third-party"]
        ),
        .executableTarget(
            name: "tokend",
            dependencies: ["Daemon", "Settings", .argumentParser],
            linkerSettings: [
                .unsafeFlags(
                    [
                        "-Xlinker", "--no-export-dynamic",
                        "-Xlinker", "--wrap=_dispatch_workq_worker_register",
                        "-Xlinker", "--wrap=_dispatch_workq_worker_unregister",
                    ],
                    .when(configuration: .release)
                )
            ]
        ),

        // tokenctl

        .target(name: "TokenctlCommands", dependencies: ["LocalAPI", "TokenClient", .argumentParser]),
        .testTarget(
            name: "TokenctlCommandsTests",
            dependencies: ["LocalAPI", "TokenClient", "TokenctlCommands", .argumentParser]
        ),
        .executableTarget(
            name: "tokenctl",
            dependencies: ["TokenctlCommands"],
            linkerSettings: [.unsafeFlags(["-static-executable"], .when(configuration: .release))]
        ),

        // The whole

        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "CLinux", "LocalAPI", "SandboxIssuer", "TokenClient", "tokenctl", "tokend", "tokend-sandbox",
            ],
            exclude: ["systemd", "third-party"]
        ),
    ]
)

for target in package.targets where ![.system, .plugin, .binary].contains(target.type) {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
            .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            .treatAllWarnings(as: .error),
        ]
}

extension Target.Dependency {
    static var argumentParser: Self { .product(name: "ArgumentParser", package: "swift-argument-parser") }
    static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
    static var httpTypes: Self { .product(name: "HTTPTypes", package: "swift-http-types") }
    static var logging: Self { .product(name: "Logging", package: "swift-log") }
    static var nioCore: Self { .product(name: "NIOCore", package: "swift-nio") }
    static var nioHTTP1: Self { .product(name: "NIOHTTP1", package: "swift-nio") }
    static var nioPosix: Self { .product(name: "NIOPosix", package: "swift-nio") }
    static var serviceLifecycle: Self { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
    static var unixSignals: Self { .product(name: "UnixSignals", package: "swift-service-lifecycle") }
    static var tomlKit: Self { .product(name: "TOMLKit", package: "TOMLKit") }
}
