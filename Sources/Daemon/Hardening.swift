import CLinux
import Glibc

/// What the process does about itself before it holds a secret.
enum Hardening {
    /// Keeps other processes of the same user from looking into this one, secrets out of core dumps, and new files closed
    /// to others. A kernel that refuses one of these is no reason not to serve.
    static func apply() {
        // A file that is opened in the place of a closed standard error would take in the log.
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", O_RDWR)
        }
        _ = clinux_forbid_dumps()
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        umask(0o077)
        signal(SIGPIPE, SIG_IGN)
        // Whoever ignored this before us would have the ends of our children go unnoticed.
        signal(SIGCHLD, SIG_DFL)
        // OpenSSL's users write the keys of their connections into the file that this names.
        unsetenv("SSLKEYLOGFILE")
    }
}
