import Gateways
import Glibc
import LocalAPI
import Testing

@Suite("Listening")
struct ListenerTests {
    @Test("A socket is for its owner alone, in a directory for its owner alone, and closed in children")
    func modes() async throws {
        try await withDirectory { directory in
            let listener = try Listener.bind(path: "\(directory)/new/tokend.sock", replacingStale: false)
            defer { close(listener.descriptor) }
            var status = stat()
            try #require(lstat("\(directory)/new/tokend.sock", &status) == 0)
            #expect(status.st_mode == S_IFSOCK | 0o600)
            try #require(lstat("\(directory)/new", &status) == 0)
            #expect(status.st_mode == S_IFDIR | 0o700)
            #expect(fcntl(listener.descriptor, F_GETFD) & FD_CLOEXEC != 0)
            unlink("\(directory)/new/tokend.sock")
        }
    }

    @Test("A directory that others may use, a link, and a file in its place are refused")
    func unsafeDirectories() async throws {
        try await withDirectory { directory in
            mkdir("\(directory)/open", 0o700)
            chmod("\(directory)/open", 0o750)
            mkdir("\(directory)/private", 0o700)
            symlink("\(directory)/private", "\(directory)/link")
            close(open("\(directory)/file", O_CREAT | O_CLOEXEC, 0o600))
            for name in ["open", "link", "file"] {
                let error = try #require(throws: ListenerError.self) {
                    try Listener.bind(path: "\(directory)/\(name)/tokend.sock", replacingStale: true)
                }
                #expect(error.code == .unsafeDirectory, "\(name)")
                #expect("\(error)".contains("\(directory)/\(name)"))
            }
            let relative = try #require(throws: ListenerError.self) {
                try Listener.bind(path: "tokend.sock", replacingStale: false)
            }
            #expect(relative.code == .unsafeDirectory)
        }
    }

    @Test("A directory that cannot be made is reported with the reason")
    func noParent() throws {
        let error = try #require(throws: ListenerError.self) {
            try Listener.bind(path: "/nonexistent/tokend/tokend.sock", replacingStale: false)
        }
        #expect(error.code == .system)
        #expect(error.cause == ENOENT)
        #expect("\(error)".hasSuffix("No such file or directory"))
    }

    @Test("A path beyond what a socket address holds is refused", arguments: [106, 107, 108, 5000])
    func pathLength(length: Int) async throws {
        try await withDirectory { directory in
            let path = "\(directory)/" + String(repeating: "s", count: length - directory.utf8.count - 1)
            if length <= 107 {
                close(try Listener.bind(path: path, replacingStale: false).descriptor)
            } else {
                let error = try #require(throws: ListenerError.self) {
                    try Listener.bind(path: path, replacingStale: false)
                }
                #expect(error.code == .pathTooLong)
            }
        }
    }

    @Test("A socket that nobody listens on gives way when that is asked for, and only then")
    func stale() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/tokend.sock"
            close(try Listener.bind(path: path, replacingStale: true).descriptor)
            let error = try #require(throws: ListenerError.self) {
                try Listener.bind(path: path, replacingStale: false)
            }
            #expect(error.code == .inUse)
            let listener = try Listener.bind(path: path, replacingStale: true)
            _ = try Client(path)
            close(listener.descriptor)
        }
    }

    @Test("A socket that another program listens on, or anything else at its place, is left alone")
    func inUse() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/tokend.sock"
            let listener = try Listener.bind(path: path, replacingStale: false)
            let error = try #require(throws: ListenerError.self) {
                try Listener.bind(path: path, replacingStale: true)
            }
            #expect(error.code == .inUse)
            _ = try Client(path)
            close(listener.descriptor)

            let file = "\(directory)/file"
            close(open(file, O_CREAT | O_CLOEXEC, 0o600))
            let inTheWay = try #require(throws: ListenerError.self) {
                try Listener.bind(path: file, replacingStale: true)
            }
            #expect(inTheWay.code == .unsuitableSocket)
            #expect(access(file, F_OK) == 0)
        }
    }

    @Test("A listening Unix socket that is passed in is served, and its file stays when the gateway stops")
    func adopted() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/tokend.sock"
            let made = try Listener.bind(path: path, replacingStale: false)
            let passedIn = dup(made.descriptor)
            close(made.descriptor)
            let gateway = try await HTTPGateway.start(
                listener: try Listener.adopt(passedIn),
                service: ScriptedService(),
                published: PublishedTokens(),
                audit: RecordedAudit()
            )
            #expect(fcntl(passedIn, F_GETFD) & FD_CLOEXEC != 0)
            let reply = try await onThread { try Client(path).exchange(RunningGateway.request("GET", "/v1/status")) }
            #expect(reply.status == 200)
            await gateway.stop()
            #expect(access(path, F_OK) == 0)
        }
    }

    @Test("A socket that another program has put at the place of ours stays when the gateway stops")
    func takenOver() async throws {
        try await withDirectory { directory in
            let path = "\(directory)/tokend.sock"
            let gateway = try await HTTPGateway.start(
                listener: try Listener.bind(path: path, replacingStale: false),
                service: ScriptedService(),
                published: PublishedTokens(),
                audit: RecordedAudit()
            )
            unlink(path)
            let other = try Listener.bind(path: path, replacingStale: false)
            defer { close(other.descriptor) }
            await gateway.stop()
            _ = try Client(path)
        }
    }

    @Test("Anything else that is passed in is refused")
    func unsuitable() throws {
        let stream = CInt(SOCK_STREAM.rawValue)
        let unix = socket(AF_UNIX, stream, 0)
        let datagram = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0)
        let internet = socket(AF_INET, stream, 0)
        let file = open("/dev/null", O_RDONLY | O_CLOEXEC)
        defer { for descriptor in [unix, datagram, internet, file] { close(descriptor) } }
        for descriptor in [unix, datagram, internet, file, 9999] {
            let error = try #require(throws: ListenerError.self) { try Listener.adopt(descriptor) }
            #expect(error.code == .unsuitableSocket)
        }
    }
}
