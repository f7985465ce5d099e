import Glibc

/// Tells systemd how the service is, by datagrams to `$NOTIFY_SOCKET` (`sd_notify(3)`). Where there is none it tells
/// nobody.
package struct ServiceNotifier: Sendable {
    private let socketPath: String?
    /// How often the manager wants a sign of life; `nil` when it wants none (`WATCHDOG_USEC`, `WATCHDOG_PID`).
    package let watchdogInterval: Duration?

    /// Takes the addresses from the environment.
    ///
    /// - Parameter environment: the process's variables; `NOTIFY_SOCKET` starts with `/`, or with `@` for an abstract name.
    package init(environment: [String: String]) {
        socketPath = environment["NOTIFY_SOCKET"].flatMap { ["/", "@"].contains($0.first) ? $0 : nil }
        let isOurs = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap {
            isOurs && $0 > 0 ? .microseconds($0) : nil
        }
    }

    /// Says that the daemon serves.
    package func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
    /// Says how things stand, in one line.
    package func status(_ status: String) { send("STATUS=\(status)") }
    /// Says that the daemon is about to end.
    package func stopping() { send("STOPPING=1\nSTATUS=stopping") }
    /// Gives a sign of life.
    package func watchdog() { send("WATCHDOG=1") }

    /// Says that the configuration is being read anew; `ready` says that it has been. The time tells the manager which
    /// reload is meant (`CLOCK_MONOTONIC`, microseconds).
    package func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send("RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)")
    }

    /// Sends one datagram. That nobody listens is the manager's affair: a daemon goes on without it.
    private func send(_ message: String) {
        guard let socketPath else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A manager that is stuck must not hold up the daemon for good.
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var path = Array(socketPath.utf8)
        guard path.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
        let bytes = Array(message.utf8)
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                while sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length) < 0, errno == EINTR {
                }
            }
        }
    }
}
