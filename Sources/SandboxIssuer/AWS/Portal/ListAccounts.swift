extension IssuerMachine {
    /// Lists the AWS accounts that the person has a role in (`GET /assignment/accounts`).
    func listAccounts(_ request: Request, in session: Grant) throws(AWSError) -> Answer {
        let page = try Page(
            of: configuration.aws.awsAccounts,
            query: request.query,
            limit: configuration.aws.pageSize
        )
        let list = page.elements.map { awsAccount -> JSON in
            [
                "accountId": .string(awsAccount.id), "accountName": .string(awsAccount.name),
                "emailAddress": .string(awsAccount.emailAddress),
            ]
        }
        return Answer(response: .json(["nextToken": page.nextToken, "accountList": .array(list)]), grant: session.id)
    }
}
