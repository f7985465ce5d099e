import ArgumentParser

/// `tokenctl completions SHELL`.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the completion script for a shell."
    )

    @Argument(help: "The shell.") var shell: Shell
    @OptionGroup var connection: ConnectionOptions

    enum Shell: String, ExpressibleByArgument, CaseIterable {
        case bash
        case zsh
        case fish
    }

    func run() throws {
        let kind: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        try StandardOutput.writeLine(Tokenctl.completionScript(for: kind))
    }
}
