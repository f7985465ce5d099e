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
        settings.c_lflag &= ~tcflag_t(ICANON | ECHO)
        let isOurs = isTerminal && tcsetattr(STDIN_FILENO, TCSANOW, &settings) == 0
        descriptor = isOurs ? STDIN_FILENO : -1
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
