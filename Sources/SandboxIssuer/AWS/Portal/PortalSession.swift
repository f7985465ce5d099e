extension IssuerMachine {
    /// The login whose access token a request to the portal bears in `x-amz-sso_bearer_token`.
    func portalSession(_ request: Request, at now: Duration) throws(AWSError) -> Grant {
        guard let text = request.headers["x-amz-sso_bearer_token"],
            case .accessToken(_, let id, let expiry) = mint.read(text), let grant = grant(id),
            grant.sessionEnd != nil, !grant.isOver(at: now), now < .seconds(expiry)
        else { throw .portal(.unauthorized, "Session token not found or invalid") }
        return grant
    }

    /// The AWS account that a request names in `account_id`.
    func awsAccount(_ request: Request) throws(AWSError) -> AWSAccount {
        guard let id = request.query["account_id"], id.count == 12, id.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            throw .portal(.invalidRequest, "account_id must be twelve digits")
        }
        guard let awsAccount = configuration.aws.awsAccounts.first(where: { $0.id == id }) else {
            throw .portal(.resourceNotFound, "There is no such AWS account")
        }
        return awsAccount
    }
}
