internal import Glibc

/// The file of a socket that was made here, recognised again by its number.
///
/// Another program may have put a socket of its own at the same place meanwhile, as systemd does when it takes over from
/// a daemon that somebody started by hand.
struct SocketFile: Sendable {
    private let path: String
    private let number: Number

    private struct Number: Hashable {
        var device: dev_t
        var inode: ino_t

        init?(path: String) {
            var status = stat()
            guard lstat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
        }
    }

    /// Remembers what lies at the path now; `nil` when nothing does.
    init?(path: String) {
        guard let number = Number(path: path) else { return nil }
        self.path = path
        self.number = number
    }

    /// Removes the file, unless another one lies there.
    func remove() {
        if Number(path: path) == number { unlink(path) }
    }
}
