extension IssuerMachine {
    /// Lists the roles that the person has in an AWS account (`GET /assignment/roles`).
    func listAccountRoles(_ request: Request, in session: Grant) throws(AWSError) -> Answer {
        let awsAccount = try awsAccount(request)
        let page = try Page(of: awsAccount.roles, query: request.query, limit: configuration.aws.pageSize)
        let list = page.elements.map { role -> JSON in
            ["roleName": .string(role), "accountId": .string(awsAccount.id)]
        }
        return Answer(response: .json(["nextToken": page.nextToken, "roleList": .array(list)]), grant: session.id)
    }
}
