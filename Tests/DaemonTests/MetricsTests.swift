import Daemon
import SandboxIssuer
import Testing

/// OpenMetrics text, checked against its grammar (OpenMetrics 1.0).
@Suite("Metrics") struct MetricsTests {
    @Test("escape what would end a label's value")
    func escaping() throws {
        var metrics = OpenMetrics()
        metrics.add("a", .gauge, "help", [(["name": "back\\slash \"quote\" line\nfeed \r\n"], 1)])
        #expect(metrics.finished.contains(#"a{name="back\\slash \"quote\" line\nfeed "# + "\r" + #"\n"} 1"#))
        _ = try Exposition(metrics.finished)
    }

    @Test("have the suffix of their kind, sorted labels and plain numbers")
    func forms() throws {
        var metrics = OpenMetrics()
        metrics.add("build", .info, "which", [(["version": "1", "arch": "x"], 1)])
        metrics.add("done", .counter, "how many", [([:], 12)])
        metrics.add("left", .gauge, "how long", [([:], 0.5), (["account": "b"], 1_000_000)])
        metrics.add("none", .gauge, "no samples", [])
        #expect(
            metrics.finished == """
                # TYPE build info
                # HELP build which
                build_info{arch="x",version="1"} 1
                # TYPE done counter
                # HELP done how many
                done_total 12
                # TYPE left gauge
                # HELP left how long
                left 0.5
                left{account="b"} 1000000
                # TYPE none gauge
                # HELP none no samples
                # EOF

                """
        )
    }

    @Test("of the daemon follow the grammar and tell of every account")
    func daemon() async throws {
        try await SandboxIssuer.running(.quick()) { issuer in
            try await House.with(configuration: issuer.account() + issuer.account("other")) { house in
                try await house.logIn()
                _ = try await house.token()
                issuer.inject(.error("invalid_client"), at: .token)
                _ = await house.refreshProblem()
                let metrics = try Exposition(await house.engine.metrics())
                #expect(metrics["tokend_build_info", ["version": "test"]] == 1)
                #expect(metrics["tokend_accounts", ["state": "misconfigured"]] == 1)
                #expect(metrics["tokend_accounts", ["state": "logged_out"]] == 1)
                #expect(metrics["tokend_accounts", ["state": "fresh"]] == 0)
                #expect(metrics["tokend_renewals_total", [:]] == 1)
                #expect(metrics["tokend_failures_total", [:]] == 1)
                #expect(metrics["tokend_store_degraded", [:]] == 0)
                let left = try #require(metrics["tokend_token_remaining_seconds", ["account": "example"]])
                #expect((3500...3600).contains(left))
                #expect(metrics["tokend_token_remaining_seconds", ["account": "other"]] == 0)
            }
        }
    }
}

/// An exposition that was read by the rules, or was not one.
private struct Exposition {
    struct Broken: Error {
        var line: Int
        var why: String
    }

    private struct Sample: Hashable {
        var name: String
        var labels: [String: String]
    }

    private var samples: [Sample: Double] = [:]

    subscript(name: String, labels: [String: String]) -> Double? { samples[Sample(name: name, labels: labels)] }

    init(_ text: String) throws {
        // Only a line feed ends a line here; Swift takes it together with what comes before.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        guard lines.popLast() == "", lines.popLast() == "# EOF" else { throw Broken(line: 0, why: "no end") }
        var families: Set<String> = []
        var family = (name: "", suffix: "")
        let suffixes = ["gauge": "", "counter": "_total", "info": "_info"]
        for (index, line) in lines.enumerated() {
            func broken(_ why: String) -> Broken { Broken(line: index + 1, why: "\(why): \(line)") }
            if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) ([a-z]+)/) {
                guard let suffix = suffixes[String(match.2)] else { throw broken("unknown type") }
                family = (String(match.1), suffix)
                guard families.insert(family.name).inserted else { throw broken("family told twice") }
            } else if let match = line.wholeMatch(of: /# HELP ([^ ]+) [^\\]*/) {
                guard match.1 == family.name else { throw broken("help of another family") }
            } else {
                let (sample, value) = try Self.sample(line)
                guard sample.name == family.name + family.suffix else { throw broken("sample of another family") }
                guard samples.updateValue(value, forKey: sample) == nil else { throw broken("sample told twice") }
            }
        }
    }

    /// Reads `name{label="value",…} number`.
    private static func sample(_ line: String) throws -> (Sample, Double) {
        let label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"/.matchingSemantics(.unicodeScalar)
        let whole = /([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{([^\n]+)\})? ([0-9.e+-]+)/.matchingSemantics(.unicodeScalar)
        guard let match = line.wholeMatch(of: whole), let value = Double(match.3) else {
            throw Broken(line: 0, why: "not a sample: \(line)")
        }
        var labels: [String: String] = [:]
        var rest = match.2 ?? ""
        while !rest.isEmpty {
            guard let next = rest.prefixMatch(of: label) else { throw Broken(line: 0, why: "not a label: \(line)") }
            labels[String(next.1)] = String(next.2)
            rest = rest[next.range.upperBound...]
            if rest.first == "," { rest = rest.dropFirst() }
        }
        return (Sample(name: String(match.1), labels: labels), value)
    }
}
