import Glibc

/// The terminal at standard input, giving each key as it is pressed and echoing none, until this value goes. Where
/// standard input is no terminal, it is left alone.
struct Keyboard: ~Copyable {
    /// Readable when a key has been pressed; -1, which `poll` passes over, where there is no keyboard.
    let descriptor: Int32
    private let before: termios

    init() {
        var settings = termios()
        let isTerminal = isatty(STDIN_FILENO) == 1 && tcgetattr(STDIN_FILENO, &settings) == 0
        before = settings
        descriptor = isTerminal ? STDIN_FILENO : -1
        takeOver()
    }

    /// Sets the terminal up; again after a shell has stopped the program and let it go on, for then it is the shell's.
    /// In the background it is left alone.
    borrowing func takeOver() {
        guard descriptor >= 0, tcgetpgrp(descriptor) == getpgrp() else { return }
        var settings = before
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        tcsetattr(descriptor, TCSANOW, &settings)
    }

    deinit {
        guard descriptor >= 0 else { return }
        var before = before
        tcsetattr(descriptor, TCSANOW, &before)
    }

    /// The keys that have been pressed; call it when the descriptor is readable. `nil` at the end of the input.
    borrowing func pressed() -> String? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
