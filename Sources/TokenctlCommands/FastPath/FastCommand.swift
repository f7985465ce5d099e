package import TokenClient

/// A command that is recognised and answered without the argument parser.
///
/// Setting the parser up costs more than asking the daemon. So the plainest forms of the commands that programs call all
/// day come here; whatever else there is on the command line, the parser reads.
package protocol FastCommand: Sendable {
    /// Where the daemon listens, if the command line says.
    var socketPath: String? { get }

    /// What the command prints, without the newline.
    func output(of client: TokenClient) throws(TokenClientError) -> [UInt8]
}

extension FastCommand {
    /// Prints what was asked for, or says why there is none. Returns the exit status.
    package func run() -> Int32 {
        do throws(CommandFailure) {
            try StandardOutput.writeLine(output())
            return ExitStatus.done.rawValue
        } catch {
            return error.report()
        }
    }

    private func output() throws(CommandFailure) -> [UInt8] {
        do throws(TokenClientError) {
            let client = if let socketPath { TokenClient(socketPath: socketPath) } else { try TokenClient() }
            return try output(of: client)
        } catch {
            throw CommandFailure(error)
        }
    }
}

/// The way around the argument parser.
package enum FastPath {
    /// Recognises the arguments after the program's name; `nil` leaves them to the parser.
    package static func command(_ arguments: [String]) -> (any FastCommand)? {
        FastToken(arguments) ?? FastCredentials(arguments)
    }
}
