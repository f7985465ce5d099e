/// Arguments of the plainest form: the command's words, and then, in any order, one name, and options that stand there
/// once each with their value as the next word.
struct PlainArguments: Sendable, Hashable {
    let name: String
    private var values: [String: String] = [:]

    /// Recognises the arguments after the program's name; `nil` for any other form, a correct one that only the argument
    /// parser knows or a wrong one.
    init?(_ arguments: [String], of command: [String], options: [String]) {
        guard arguments.starts(with: command) else { return nil }
        var name: String?
        var rest = arguments.dropFirst(command.count)
        while let argument = rest.popFirst() {
            if options.contains(argument) {
                guard values[argument] == nil, let value = rest.popFirst(), !value.isOption else { return nil }
                values[argument] = value
            } else if name == nil, !argument.isOption {
                name = argument
            } else {
                return nil
            }
        }
        guard let name else { return nil }
        self.name = name
    }

    /// The value of an option.
    subscript(option: String) -> String? { values[option] }
}

extension String {
    fileprivate var isOption: Bool { utf8.first == UInt8(ascii: "-") }
}
