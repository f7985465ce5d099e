import Daemon
import Glibc
import Testing

/// The service manager's end of the conversation is a datagram socket of the test.
@Suite("The service notifier") struct ServiceNotifierTests {
    @Test("sends each message as one datagram, to a path and to an abstract name", arguments: [true, false])
    func messages(isAbstract: Bool) throws {
        let scratch = try Scratch()
        let name =
            isAbstract ? "@tokend-test-\(getpid())-\(UInt64.random(in: .min ... .max))" : scratch.path + "/notify"
        let manager = try Manager(name)
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": name])

        notifier.ready(status: "serving 2 accounts")
        #expect(manager.receive() == "READY=1\nSTATUS=serving 2 accounts")
        notifier.status("2 accounts: 2 fresh")
        #expect(manager.receive() == "STATUS=2 accounts: 2 fresh")
        notifier.watchdog()
        #expect(manager.receive() == "WATCHDOG=1")
        notifier.stopping()
        #expect(manager.receive() == "STOPPING=1\nSTATUS=stopping")
    }

    @Test("says at which moment of the monotonic clock a reload began")
    func reloading() throws {
        let name = "@tokend-test-\(getpid())-\(UInt64.random(in: .min ... .max))"
        let manager = try Manager(name)
        let before = Self.monotonicMicroseconds
        ServiceNotifier(environment: ["NOTIFY_SOCKET": name]).reloading()
        let lines = try #require(manager.receive()).split(separator: "\n")
        #expect(lines.first == "RELOADING=1")
        let time = try #require(lines.last?.split(separator: "=").last.flatMap { Int($0) })
        #expect(lines.last == "MONOTONIC_USEC=\(time)")
        #expect((before...Self.monotonicMicroseconds).contains(time))
    }

    @Test(
        "tells nobody where there is nobody to tell",
        arguments: [
            [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "relative/path"], ["NOTIFY_SOCKET": "/nowhere/at/all"],
            ["NOTIFY_SOCKET": "/" + String(repeating: "x", count: 200)],
        ]
    )
    func nobody(environment: [String: String]) {
        ServiceNotifier(environment: environment).ready(status: "")
    }

    @Test(
        "gives signs of life only when it is the one who is asked for them",
        arguments: [
            ([:], nil),
            (["WATCHDOG_USEC": "180000000"], .seconds(180)),
            (["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "\(getpid())"], .milliseconds(500)),
            (["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "1"], nil),
            (["WATCHDOG_USEC": "500000", "WATCHDOG_PID": "me"], nil),
            (["WATCHDOG_USEC": "0"], nil),
            (["WATCHDOG_USEC": "-1"], nil),
            (["WATCHDOG_USEC": "soon"], nil),
        ] as [([String: String], Duration?)]
    )
    func watchdog(environment: [String: String], interval: Duration?) {
        #expect(ServiceNotifier(environment: environment).watchdogInterval == interval)
    }

    private static var monotonicMicroseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000 + time.tv_nsec / 1000
    }
}

/// A datagram socket with a name.
private final class Manager {
    private let descriptor: Int32

    init(_ name: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        try #require(descriptor >= 0)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(name.utf8)
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bound = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(bound == 0)
    }

    deinit { close(descriptor) }

    /// The next datagram; `nil` when none comes in five seconds.
    func receive() -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}
