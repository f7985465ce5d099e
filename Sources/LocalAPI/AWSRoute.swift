/// The body of `POST /v1/accounts/{name}/aws/credentials`: a role in an AWS account.
package struct RoleCredentialsRequest: Sendable, Hashable {
    /// The AWS account; see `AWSAccountID`.
    package var accountID: String
    /// The name of the role as IAM Identity Center lists it (a permission set).
    package var role: String

    package init(accountID: String, role: String) {
        self.accountID = accountID
        self.role = role
    }

    /// Why it cannot be asked, in words; `nil` when it can. Control characters are refused because the name goes into
    /// logs and into a request line.
    package var objection: String? {
        guard AWSAccountID.isOne(accountID) else { return AWSAccountID.objection }
        let isName = !role.isEmpty && role.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
        return isName ? nil : "role must be the name of a role"
    }
}

extension RoleCredentialsRequest: Codable {
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case accountID = "account_id"
        case role
    }
}

/// The id of an AWS account: twelve digits. It is text and never a number, for it may begin with zeros.
package enum AWSAccountID {
    /// What is said of anything else.
    package static let objection = "account_id must be the 12 digits of an AWS account"

    /// Whether a text is one.
    package static func isOne(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// Temporary credentials of a role, in the form that AWS's SDKs and CLI read from a `credential_process`
/// (AWS SDKs and Tools Reference Guide, "Process credential provider").
///
/// It is deliberately not printable: `description` shows the expiration.
package struct RoleCredentialsAnswer: Sendable, Hashable {
    package var accessKeyID: String
    package var secretAccessKey: String
    package var sessionToken: String
    package var expiration: Timestamp

    /// The version of the form, the only one there is.
    private static var version: Int { 1 }

    package init(accessKeyID: String, secretAccessKey: String, sessionToken: String, expiration: Timestamp) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension RoleCredentialsAnswer: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "role credentials until \(expiration.text)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension RoleCredentialsAnswer: Codable {
    private enum CodingKeys: String, CodingKey {
        case version = "Version"
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case sessionToken = "SessionToken"
        case expiration = "Expiration"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        guard try values.decode(Int.self, forKey: .version) == Self.version else {
            throw DecodingError.dataCorruptedError(
                forKey: .version,
                in: values,
                debugDescription: "role credentials of another version than \(Self.version)"
            )
        }
        accessKeyID = try values.decode(String.self, forKey: .accessKeyID)
        secretAccessKey = try values.decode(String.self, forKey: .secretAccessKey)
        sessionToken = try values.decode(String.self, forKey: .sessionToken)
        expiration = try values.decode(Timestamp.self, forKey: .expiration)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.version, forKey: .version)
        try values.encode(accessKeyID, forKey: .accessKeyID)
        try values.encode(secretAccessKey, forKey: .secretAccessKey)
        try values.encode(sessionToken, forKey: .sessionToken)
        try values.encode(expiration, forKey: .expiration)
    }
}

/// The body of `GET /v1/accounts/{name}/aws/accounts`: every AWS account in which the login has a role.
package struct AWSAccountsAnswer: Sendable, Hashable, Codable {
    package struct Account: Sendable, Hashable {
        package var accountID: String
        /// `nil` where the portal does not tell.
        package var accountName: String?
        /// The address of the AWS account's root user; `nil` where the portal does not tell.
        package var email: String?

        package init(accountID: String, accountName: String?, email: String?) {
            self.accountID = accountID
            self.accountName = accountName
            self.email = email
        }
    }

    package var accounts: [Account]

    package init(accounts: [Account]) { self.accounts = accounts }
}

extension AWSAccountsAnswer.Account: Codable {
    private enum CodingKeys: String, CodingKey {
        case accountID = "account_id"
        case accountName = "account_name"
        case email
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(accountID, forKey: .accountID)
        try values.encode(accountName, forKey: .accountName)
        try values.encode(email, forKey: .email)
    }
}

/// The body of `GET /v1/accounts/{name}/aws/roles`: every role that the login has in one AWS account.
package struct AWSRolesAnswer: Sendable, Hashable, Codable {
    package struct Role: Sendable, Hashable, Codable {
        package var accountID: String
        package var role: String

        package init(accountID: String, role: String) {
            self.accountID = accountID
            self.role = role
        }

        private enum CodingKeys: String, CodingKey {
            case accountID = "account_id"
            case role
        }
    }

    package var roles: [Role]

    package init(roles: [Role]) { self.roles = roles }
}
