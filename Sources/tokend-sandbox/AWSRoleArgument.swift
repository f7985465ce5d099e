import ArgumentParser
import SandboxIssuer

/// A role in an AWS account as the command line writes it: `012345678901/ReadOnly`.
struct AWSRoleArgument: ExpressibleByArgument {
    private let awsAccount: String
    private let role: String

    init?(argument: String) {
        let parts = argument.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, parts[0].count == 12, parts[0].allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        (awsAccount, role) = (String(parts[0]), String(parts[1]))
    }

    /// The AWS accounts in which so many roles are, in the order of their first mention.
    static func awsAccounts(_ roles: [AWSRoleArgument]) -> [AWSAccount] {
        var awsAccounts: [AWSAccount] = []
        for argument in roles {
            if let index = awsAccounts.firstIndex(where: { $0.id == argument.awsAccount }) {
                awsAccounts[index].roles.append(argument.role)
            } else {
                let name = "account-\(argument.awsAccount)"
                awsAccounts.append(AWSAccount(id: argument.awsAccount, name: name, roles: [argument.role]))
            }
        }
        return awsAccounts
    }
}
