import Foundation

/// botocore and the AWS CLI, run by `third-party/aws-tools.sh`.
enum AWSTools {
    /// Whether they can be had on this machine. In CI they must be: a missing test would be taken for a passed one.
    static let areAvailable = Task {
        if ProcessInfo.processInfo.environment["CI"] == "true" { return true }
        return (try? await run("install"))?.status != 77
    }

    /// Runs the script with the environment that pip and the cache are set up in.
    static func run(_ arguments: String..., environment: [String: String] = [:]) async throws -> Program.Outcome {
        let script = URL(filePath: #filePath).appending(path: "../../third-party/aws-tools.sh").standardized
        return try await Program.run(
            "/bin/bash",
            [script.path] + arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            limit: .seconds(150)
        )
    }
}
