import Daemon
import Glibc
import Testing

/// Sockets that a service manager holds open. Descriptors that are free take the place of 3 and on.
@Suite("Passed sockets", .serialized) struct PassedSocketsTests {
    @Test(
        "are known by their names",
        arguments: [
            (["api"], ["api": 0]),
            (["api", "oidc-agent"], ["api": 0, "oidc-agent": 1]),
            (["oidc-agent", "api"], ["api": 1, "oidc-agent": 0]),
            (["api", "api"], ["api": 0]),
            (["tokend.socket"], ["api": 0]),
            (["unknown"], ["api": 0]),
            ([""], ["api": 0]),
            (["tokend.socket", "oidc-agent"], ["tokend.socket": 0, "oidc-agent": 1]),
        ] as [([String], [String: Int32])]
    )
    func names(names: [String], expected: [String: Int32]) throws {
        let descriptors = try Self.passed(names.count)
        defer { for descriptor in descriptors { close(descriptor) } }
        let environment = Self.environment(count: "\(names.count)", names: names.joined(separator: ":"))
        let sockets = PassedSockets(environment: environment, first: descriptors[0])
        #expect(sockets.descriptors == expected.mapValues { descriptors[0] + $0 })
    }

    @Test("one without a name at all is the API's")
    func nameless() throws {
        let descriptors = try Self.passed(1)
        defer { for descriptor in descriptors { close(descriptor) } }
        let sockets = PassedSockets(environment: Self.environment(count: "1", names: nil), first: descriptors[0])
        #expect(sockets.descriptors == ["api": descriptors[0]])
    }

    @Test("are closed in children")
    func closedInChildren() throws {
        let descriptors = try Self.passed(2)
        defer { for descriptor in descriptors { close(descriptor) } }
        for descriptor in descriptors { try #require(fcntl(descriptor, F_GETFD) & FD_CLOEXEC == 0) }
        _ = PassedSockets(environment: Self.environment(count: "2", names: "api:x"), first: descriptors[0])
        for descriptor in descriptors { #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0) }
    }

    @Test(
        "are not taken when they are meant for another process, or for none",
        arguments: [
            [:],
            ["LISTEN_FDS": "1"],
            ["LISTEN_FDS": "1", "LISTEN_PID": "1"],
            ["LISTEN_FDS": "1", "LISTEN_PID": "x"],
            ["LISTEN_FDS": "0", "LISTEN_PID": "\(getpid())"],
            ["LISTEN_FDS": "-1", "LISTEN_PID": "\(getpid())"],
            ["LISTEN_FDS": "99999999999", "LISTEN_PID": "\(getpid())"],
        ]
    )
    func notOurs(environment: [String: String]) throws {
        let descriptors = try Self.passed(1)
        defer { for descriptor in descriptors { close(descriptor) } }
        #expect(PassedSockets(environment: environment, first: descriptors[0]).descriptors.isEmpty)
        #expect(fcntl(descriptors[0], F_GETFD) & FD_CLOEXEC == 0)
    }

    @Test("that were announced and are not there are not waited for")
    func fewerThanAnnounced() throws {
        let descriptors = try Self.passed(1)
        defer { for descriptor in descriptors { close(descriptor) } }
        let sockets = PassedSockets(
            environment: Self.environment(count: "\(Int32.max)", names: "api:x:y"),
            first: descriptors[0]
        )
        #expect(sockets.descriptors == ["api": descriptors[0]])
    }

    private static func environment(count: String, names: String?) -> [String: String] {
        var environment = ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": count]
        environment["LISTEN_FDNAMES"] = names
        return environment
    }

    /// So many descriptors in a row that stay open in children: the last that a process may have, which no other test
    /// comes near.
    private static func passed(_ count: Int) throws -> [Int32] {
        var limit = rlimit()
        try #require(getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
        let first = Int32(min(limit.rlim_cur, 8192)) - 16
        let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        return try (0..<Int32(count)).map { offset in
            try #require(fcntl(socket, F_DUPFD, first + offset) == first + offset ? first + offset : nil)
        }
    }
}
