import LocalAPI
import TokenClient

/// `tokenctl token NAME`, recognised and answered without the argument parser.
///
/// Setting the parser up costs more than asking the daemon. So the plainest form of the most frequent command, with no
/// other option than the socket, comes here; whatever else there is on the command line, the parser reads.
package struct FastToken: Sendable, Hashable {
    package var account: String
    package var socketPath: String?

    /// Recognises the arguments after the program's name; `nil` leaves them to the parser.
    package init?(_ arguments: [String]) {
        guard arguments.first == "token" else { return nil }
        var account: String?
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            if argument == "--socket" {
                guard socketPath == nil, let path = rest.popFirst(), path.utf8.first != UInt8(ascii: "-") else {
                    return nil
                }
                socketPath = path
            } else if argument.utf8.first != UInt8(ascii: "-"), account == nil {
                account = argument
            } else {
                return nil
            }
        }
        guard let account else { return nil }
        self.account = account
    }

    /// Prints the token, or says why there is none. Returns the exit status.
    package func run() -> Int32 {
        do throws(CommandFailure) {
            try StandardOutput.writeLine(token())
            return ExitStatus.done.rawValue
        } catch {
            return error.report()
        }
    }

    private func token() throws(CommandFailure) -> [UInt8] {
        do throws(TokenClientError) {
            let client = if let socketPath { TokenClient(socketPath: socketPath) } else { try TokenClient() }
            return try client.plainToken(account, TokenQuery())
        } catch {
            throw CommandFailure(error)
        }
    }
}
