internal import Glibc

/// A Unix socket that listens. It belongs to the gateway that is started with it.
package struct Listener: Sendable {
    /// How many connections the kernel keeps waiting until they are accepted.
    private static let backlog: CInt = 128

    package let descriptor: CInt
    /// The socket's file, if it was made here and so is to be removed here; `nil` for an adopted socket.
    private let file: SocketFile?

    /// Takes over a socket that another program, such as systemd, made and passed to this one.
    ///
    /// - Throws: `ListenerError` when it is not a Unix stream socket that listens.
    package static func adopt(_ descriptor: CInt) throws(ListenerError) -> Listener {
        let expected = [(SO_DOMAIN, AF_UNIX), (SO_TYPE, CInt(SOCK_STREAM.rawValue)), (SO_ACCEPTCONN, 1)]
        for (option, value) in expected {
            var actual: CInt = 0
            var size = socklen_t(MemoryLayout<CInt>.size)
            guard getsockopt(descriptor, SOL_SOCKET, option, &actual, &size) == 0 else {
                throw ListenerError(
                    .unsuitableSocket,
                    "descriptor \(descriptor), which was passed in, is no socket",
                    errno
                )
            }
            guard actual == value else {
                throw ListenerError(.unsuitableSocket, "descriptor \(descriptor) is not a listening Unix stream socket")
            }
        }
        guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
            throw ListenerError(.system, "descriptor \(descriptor) cannot be kept from child processes", errno)
        }
        return Listener(descriptor: descriptor, file: nil)
    }

    /// Makes a socket of mode 0600 at a path and listens on it.
    ///
    /// The directory is made when it is missing. It must be ours alone, because whoever may write to it could put a
    /// socket of his own in place of this one. With `replacingStale` a socket that nobody listens on any more is
    /// removed first; only the holder of the daemon's lock may ask for that.
    ///
    /// - Throws: `ListenerError`; its code is `inUse` when another program listens there.
    package static func bind(path: String, replacingStale: Bool) throws(ListenerError) -> Listener {
        guard let address = sockaddr_un(path: path) else {
            throw ListenerError(.pathTooLong, "a socket path has at most 107 bytes: \(path)")
        }
        try prepareDirectory(of: path)
        if replacingStale { try removeStale(at: path, address) }
        let descriptor = try unboundSocket()
        do throws(ListenerError) {
            // The file takes over the mode of the socket, so there is no moment at which it is open to others, and no
            // need to touch the umask, which all threads share.
            guard fchmod(descriptor, 0o600) == 0 else { throw ListenerError(.system, "cannot protect \(path)", errno) }
            guard address.withPointer({ Glibc.bind(descriptor, $0, $1) }) == 0 else {
                let code: ListenerError.Code = errno == EADDRINUSE ? .inUse : .system
                throw ListenerError(code, "cannot make the socket \(path)", errno)
            }
            let file = SocketFile(path: path)
            guard listen(descriptor, backlog) == 0 else {
                throw ListenerError(.system, "cannot listen on \(path)", errno)
            }
            return Listener(descriptor: descriptor, file: file)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Removes the socket's file, if it was made here and is still there.
    func removeFile() { file?.remove() }

    private static func unboundSocket() throws(ListenerError) -> CInt {
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, type, 0)
        guard descriptor >= 0 else { throw ListenerError(.system, "cannot make a socket", errno) }
        return descriptor
    }

    private static func prepareDirectory(of path: String) throws(ListenerError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw ListenerError(.unsafeDirectory, "\(path) does not lie in a directory of its own")
        }
        let directory = String(path[..<slash])
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else {
            throw ListenerError(.system, "cannot make the directory \(directory)", errno)
        }
        var status = stat()
        guard lstat(directory, &status) == 0 else {
            throw ListenerError(.system, "cannot look at the directory \(directory)", errno)
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
            throw ListenerError(
                .unsafeDirectory,
                "\(directory) must be a directory, not a link, that is yours and of mode 0700"
            )
        }
    }

    /// Removes the socket at `path` if there is one and a connection to it is refused.
    private static func removeStale(at path: String, _ address: sockaddr_un) throws(ListenerError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFSOCK else {
            throw ListenerError(.unsuitableSocket, "\(path) exists and is no socket; remove it")
        }
        let probe = try unboundSocket()
        defer { close(probe) }
        let result = address.withPointer { connect(probe, $0, $1) }
        // EAGAIN says that the backlog is full, so somebody listens.
        guard result != 0, errno == ECONNREFUSED else {
            throw ListenerError(.inUse, "another program listens on \(path)")
        }
        guard unlink(path) == 0 else { throw ListenerError(.system, "cannot remove the old socket \(path)", errno) }
    }
}

/// Why there is no socket to listen on.
package struct ListenerError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Hashable {
        /// The directory is a link, belongs to someone else, or is open to others.
        case unsafeDirectory
        case pathTooLong
        /// Another program listens there, or a file is in the way.
        case inUse
        /// What was passed in or lies at the path is not a listening Unix stream socket.
        case unsuitableSocket
        /// The system refused; `cause` says why.
        case system
    }

    package let code: Code
    package let message: String
    /// The `errno` behind it.
    package let cause: CInt?

    init(_ code: Code, _ message: String, _ cause: CInt? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    package var description: String {
        guard let cause, let reason = strerror(cause) else { return message }
        return "\(message): \(String(cString: reason))"
    }
}

extension sockaddr_un {
    /// The address of a path; `nil` when the path is empty or too long for one.
    fileprivate init?(path: String) {
        self.init()
        sun_family = sa_family_t(AF_UNIX)
        let bytes = path.utf8
        let fits = withUnsafeMutableBytes(of: &sun_path) { room in
            guard !bytes.isEmpty, bytes.count < room.count, !bytes.contains(0) else { return false }
            room.copyBytes(from: bytes)
            return true
        }
        guard fits else { return nil }
    }

    fileprivate func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: self) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
