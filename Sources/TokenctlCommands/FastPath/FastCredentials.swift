package import LocalAPI
package import TokenClient

/// `tokenctl aws credentials NAME --account-id ID --role R`, as AWS programs call it through `credential_process`.
package struct FastCredentials: FastCommand, Hashable {
    package var account: String
    package var role: RoleCredentialsRequest
    package var socketPath: String?

    package init(account: String, role: RoleCredentialsRequest, socketPath: String?) {
        self.account = account
        self.role = role
        self.socketPath = socketPath
    }

    /// Recognises the arguments after the program's name; `nil` leaves them to the parser.
    package init?(_ arguments: [String]) {
        let options = ["--account-id", "--role", "--socket"]
        guard let plain = PlainArguments(arguments, of: ["aws", "credentials"], options: options),
            let accountID = plain["--account-id"], let role = plain["--role"]
        else { return nil }
        account = plain.name
        self.role = RoleCredentialsRequest(accountID: accountID, role: role)
        socketPath = plain["--socket"]
    }

    package func output(of client: TokenClient) throws(TokenClientError) -> [UInt8] {
        try client.roleCredentials(account, role)
    }
}
