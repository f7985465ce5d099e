import Glibc

/// Room held back for the day the disk is full: a file that is given up so that a rotated token can still be written.
struct Ballast: Sendable {
    /// Enough for the rows of several accounts.
    static let size = 256 * 1024

    let directory: StateDirectory

    /// Gives the room up.
    ///
    /// - Returns: whether there was any to give.
    func release() -> Bool { unlink(directory.ballast) == 0 }

    /// Whether there is so much room that some may be held back.
    var isAffordable: Bool {
        var disk = statvfs()
        return statvfs(directory.path, &disk) == 0
            && UInt64(disk.f_bavail) * UInt64(disk.f_frsize) > UInt64(4 * Self.size)
    }

    /// Holds room back again where none is. It is a precaution: failing to take it is no error.
    func restore() {
        guard access(directory.ballast, F_OK) != 0, isAffordable else { return }
        do throws(SystemError) {
            try Descriptor(directory.ballast, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW).reserve(Self.size)
        } catch {
            unlink(directory.ballast)
        }
    }
}
