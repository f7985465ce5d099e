extension IssuerMachine {
    /// Tells whom a key speaks for.
    func getCallerIdentity(_ key: AccessKey) -> Answer {
        Answer(
            response: .sts(
                .getCallerIdentity,
                [
                    XML("Arn", text: key.arn), XML("UserId", text: key.userID),
                    XML("Account", text: key.awsAccount),
                ]
            )
        )
    }
}
