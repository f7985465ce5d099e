package import ArgumentParser
import LocalAPI

/// The command line of `tokenctl`.
package struct Tokenctl: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "tokenctl",
        abstract: "Ask tokend for tokens, log in and see how things stand.",
        discussion: """
            Data goes to standard output, everything else to standard error. The daemon's socket is looked for at \
            $TOKEND_SOCKET, else in $TOKEND_RUNTIME_DIR, else in $XDG_RUNTIME_DIR/tokend.

            Exit: 0 done, 64 usage, 66 unknown account (also AWS account or role), 69 daemon not reachable, 74 cannot write, 75 try again later, \
            76 the issuer's answer was unusable, 77 login required, 78 configuration.
            """,
        version: "tokenctl \(Release.version)",
        subcommands: [
            TokenCommand.self, LoginCommand.self, LogoutCommand.self, StatusCommand.self, RefreshCommand.self,
            AccountCommand.self, AWSCommand.self, EventsCommand.self, MetricsCommand.self, ReloadCommand.self,
            CompletionsCommand.self,
        ]
    )

    package init() {}

    /// Parses and runs a command line, without the program's name, and says on standard error what went wrong. Returns
    /// the exit status.
    package static func run(_ arguments: [String]) -> Int32 {
        do {
            var command = try parseAsRoot(arguments)
            try command.run()
            return ExitStatus.done.rawValue
        } catch {
            return report(error, arguments)
        }
    }

    private static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        if let failure = CommandFailure(anyOf: error) { return failure.report() }
        guard exitCode(for: error).isSuccess else {
            return CommandFailure(.usage, usage(message(for: error), arguments)).report()
        }
        do throws(CommandFailure) {
            // Help, version and completions were asked for.
            try StandardOutput.writeLine(fullMessage(for: error))
            return ExitStatus.done.rawValue
        } catch {
            return error.report()
        }
    }

    /// A complaint of the argument parser in our form, with the command that explains the right use.
    private static func usage(_ message: String, _ arguments: [String]) -> String {
        let names = Set(configuration.subcommands.compactMap { $0.configuration.commandName })
        let help = ["tokenctl"] + arguments.prefix(1).filter(names.contains) + ["--help"]
        let initial = message.prefix(1).lowercased()
        let text = (initial + message.dropFirst()).split(separator: "\n").joined(separator: "; ")
        return "\(text.withoutPeriod); run: \(help.joined(separator: " "))"
    }
}
