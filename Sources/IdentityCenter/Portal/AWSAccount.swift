/// An AWS account that a login has a role in.
package struct AWSAccount: Sendable, Hashable {
    /// Twelve digits. It is text and never a number, for it may begin with zeros.
    package struct ID: Sendable, Hashable, CustomStringConvertible {
        package let description: String

        /// Takes an id; `nil` unless it is twelve digits.
        package init?(_ text: String) {
            guard text.utf8.count == 12, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            description = text
        }
    }

    package var id: ID
    /// `nil` where the portal does not tell.
    package var name: String?
    /// The address of its root user; `nil` where the portal does not tell.
    package var email: String?

    package init(id: ID, name: String?, email: String?) {
        self.id = id
        self.name = name
        self.email = email
    }
}

/// A role in an AWS account, by the name of its permission set.
package struct Role: Sendable, Hashable {
    package var awsAccount: AWSAccount.ID
    package var name: String

    package init(_ name: String, in awsAccount: AWSAccount.ID) {
        self.name = name
        self.awsAccount = awsAccount
    }
}
