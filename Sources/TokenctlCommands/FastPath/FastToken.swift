import LocalAPI
package import TokenClient

/// `tokenctl token NAME`, with no other option than the socket.
package struct FastToken: FastCommand, Hashable {
    package var account: String
    package var socketPath: String?

    /// Recognises the arguments after the program's name; `nil` leaves them to the parser.
    package init?(_ arguments: [String]) {
        guard let plain = PlainArguments(arguments, of: ["token"], options: ["--socket"]) else { return nil }
        account = plain.name
        socketPath = plain["--socket"]
    }

    package func output(of client: TokenClient) throws(TokenClientError) -> [UInt8] {
        try client.plainToken(account, TokenQuery())
    }
}
