import Foundation
import SandboxIssuer
import Testing

@Suite("Secrecy", .timeLimit(.minutes(2)))
struct SecrecyTests {
    @Test("the search for secrets finds them in every form, wherever they stand", arguments: ["", "x", "xy", "xyz"])
    func search(before: String) throws {
        let secret = "s3cret/with+signs"
        for after in ["", "!", "!!"] {
            let text = Data("\(before)\(secret)\(after)".utf8)
            let percentEncoded = Data("\(before)s3cret%2Fwith%2Bsigns\(after)".utf8)
            for bytes in [text, percentEncoded, text.base64EncodedData()] {
                #expect(Credential.forms(of: secret).contains { bytes.range(of: $0) != nil })
            }
            #expect(Credential.isIn(Data("\(before)rt-1.2-\(String(repeating: "a", count: 32))\(after)".utf8)))
        }
        #expect(!Credential.isIn(Data("\(before)rt-1.2 and at-3.1.1790000000".utf8)), "names alone are no secrets")
    }

    @Test(
        "no credential shows in logs at trace level, in the state directory, or in what the kernel tells of the process"
    )
    func canaries() async throws {
        let secret = "canary/\(UInt64.random(in: .min ... .max))+secret"
        let clients: [Client] = [.public("tokend"), .confidential("service", secret: secret)]
        try await House.with(issuer: .quick { $0.clients = clients }) { house, issuer in
            let file = try house.write(secret, to: "\(house.directory)/secret")
            try house.configure(
                "[tokend]\nlog_level = \"trace\"\n" + issuer.account()
                    + issuer.ownAccount("service", secret: "{ file = \"\(file)\" }")
            )
            let daemon = try await house.start()
            let events = try house.events()
            let login = try await house.tokenctl("login", "example")
            #expect(login.status == 0)
            var tokens = [try await house.output("token", "example"), try await house.output("token", "service")]
            tokens.append(try await house.output("token", "example", "--id-token"))
            // Every kind of answer that could be quoted in an error.
            for fault in [
                Fault.truncated, .garbage, .slow(pause: .milliseconds(1)), .error("invalid_scope", description: "no"),
            ] {
                issuer.inject(fault, at: .token)
                _ = try await house.tokenctl("refresh", "example")
            }
            let shown = [
                login.errors, try await house.output("status", "--json"), try await house.output("metrics"),
                try await house.output("account", "show", "example"),
            ]
            let kernel = ["cmdline", "environ"].map { name in
                // Where the kernel refuses, nobody learns anything.
                FileManager.default.contents(atPath: "/proc/\(daemon.pid)/\(name)") ?? Data()
            }
            #expect(kernel[0].contains(Data("tokend".utf8)))
            var places = try house.stateFiles()
            try await house.restart()
            tokens.append(try await house.output("token", "example"))
            issuer.inject(.status(503), at: .revocation)
            _ = try await house.tokenctl("logout", "example")
            places.merge(try house.stateFiles().map { ("\($0) after the logout", $1) }) { $1 }
            try await house.stop()
            try await events.ended()
            places["log"] = Data(house.log.utf8)
            places["notifications"] = Data(house.notifications.joined(separator: "\n").utf8)
            places["events"] = Data(events.soFar.output.utf8)
            for (index, text) in shown.enumerated() { places["output \(index)"] = Data(text.utf8) }
            for (index, bytes) in kernel.enumerated() { places["/proc/PID \(index)"] = bytes }

            #expect(places.keys.contains("tokens.sqlite"))
            #expect(house.log.contains(" debug "))
            #expect(
                tokens.allSatisfy { Credential.isIn(Data($0.utf8)) || $0.hasPrefix("eyJ") },
                "the search finds nothing at all"
            )
            for (place, bytes) in places {
                #expect(!Credential.isIn(bytes), "a credential is in \(place)")
                for canary in tokens + [secret] {
                    for form in Credential.forms(of: canary) {
                        #expect(bytes.range(of: form) == nil, "a secret is in \(place)")
                    }
                }
                // Refresh tokens and device codes never leave the daemon, but it is known what they begin with.
                for beginning in ["rt-1.", "dc-1-"] {
                    for form in Credential.base64Forms(of: beginning) {
                        #expect(bytes.range(of: form) == nil, "a refresh token or device code is in \(place)")
                    }
                }
            }
        }
    }
}

/// How credentials of a sandbox issuer are found wherever they are.
private enum Credential {
    /// Whether one stands there in plain: a kind, numbers, and a tail that nobody could guess.
    static func isIn(_ bytes: Data) -> Bool {
        String(decoding: bytes, as: UTF8.self).contains(/(at|rt|dc)-[0-9.]+-[A-Za-z0-9_-]{24}/)
    }

    /// A secret in plain, percent-encoded, and in base64.
    static func forms(of secret: String) -> [Data] {
        let encoded = secret.replacing("/", with: "%2F").replacing("+", with: "%2B")
        return Set([secret, encoded]).map { Data($0.utf8) } + base64Forms(of: secret)
    }

    /// What is always the same of a text in base64, wherever in a longer text it stands.
    static func base64Forms(of text: String) -> [Data] {
        (0..<3).map { offset in
            let padded = Data(repeating: 0, count: offset) + Data(text.utf8)
            let encoded = padded.base64EncodedString().prefix { $0 != "=" }
            // The characters at both ends also hold bits of the neighbours.
            let whole = encoded.dropFirst(offset == 0 ? 0 : offset + 1).dropLast(padded.count.isMultiple(of: 3) ? 0 : 1)
            return Data(whole.utf8)
        }
    }
}
