import CLinux
import Daemon
import Glibc
import Logging
import Testing

/// Lines as they come out of the other end of a pipe.
@Suite("The log") struct StandardErrorLogTests {
    @Test("shows time and level where a person reads")
    func person() throws {
        let lines = try Self.lines(from: .trace) { logger in
            logger.notice("tokend serves")
            logger.warning("mind this")
        }
        #expect(lines == ["2026-11-23T05:33:00Z notice tokend serves", "2026-11-23T05:33:00Z warning mind this"])
    }

    @Test(
        "shows the journal's priority where the journal reads",
        arguments: [
            (.trace, 7), (.debug, 7), (.info, 6), (.notice, 5), (.warning, 4), (.error, 3), (.critical, 2),
        ] as [(Logger.Level, Int)]
    )
    func journal(level: Logger.Level, priority: Int) throws {
        let lines = try Self.lines(from: .trace, ["JOURNAL_STREAM": "8:123"]) { $0.log(level: level, "it is so") }
        #expect(lines == ["<\(priority)>it is so"])
    }

    @Test("is one line a record that leaves terminals alone, whatever the record says")
    func oneLine() throws {
        let lines = try Self.lines(from: .trace, ["JOURNAL_STREAM": "8:123"]) { logger in
            logger.info("one\n<0>two\r\nthree\u{2028}four\u{85}five\u{0B}six \u{1B}[2Jseven\u{0}eight")
        }
        #expect(lines == ["<6>one <0>two three four five six [2Jseven eight"])
    }

    @Test("cuts off a record that has no end")
    func long() throws {
        let lines = try Self.lines(from: .trace) { $0.info("\(String(repeating: "x", count: 20_000))") }
        #expect(lines.count == 1)
        #expect(try #require(lines.first).count < 9000)
    }

    @Test("names metadata behind the message")
    func metadata() throws {
        let lines = try Self.lines(from: .trace, ["JOURNAL_STREAM": "1:1"]) { logger in
            var logger = logger
            logger[metadataKey: "unit"] = "a.service"
            #expect(logger[metadataKey: "unit"] == "a.service")
            logger.info("read", metadata: ["account": "corp"])
        }
        #expect(lines == ["<6>read account=corp unit=a.service"])
    }

    @Test("has one threshold for all loggers, also for those that are there already")
    func threshold() throws {
        let threshold = LogThreshold(.info)
        let lines = try Self.lines(threshold, ["JOURNAL_STREAM": "1:1"]) { logger in
            let other = logger
            other.debug("not yet")
            threshold.level = .debug
            other.debug("now")
            var mine = logger
            mine.logLevel = .error
            other.warning("no more")
            #expect(threshold.level == .error)
        }
        #expect(lines == ["<7>now"])
    }

    private static func lines(
        from level: Logger.Level,
        _ environment: [String: String] = [:],
        _ body: (Logger) throws -> Void
    ) throws -> [String] {
        try lines(LogThreshold(level), environment, body)
    }

    private static func lines(
        _ threshold: LogThreshold,
        _ environment: [String: String],
        _ body: (Logger) throws -> Void
    ) throws -> [String] {
        var ends: [Int32] = [-1, -1]
        try #require(clinux_pipe(&ends) == 0)
        let (output, input) = (ends[0], ends[1])
        defer { close(output) }
        do {
            defer { close(input) }
            let logger = Logger(label: "test") { _ in
                StandardErrorLog(threshold: threshold, environment: environment, descriptor: input) { 1_795_411_980 }
            }
            try body(logger)
        }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(output, &bytes, bytes.count)
        try #require(count >= 0)
        let text = String(decoding: bytes[..<count], as: UTF8.self)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }
}
