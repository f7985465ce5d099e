extension IssuerMachine {
    /// Makes credentials of a role for whoever has signed.
    mutating func assumeRole(_ form: Form, by key: AccessKey, at now: Duration) throws(AWSError) -> Answer {
        let assumed = try assume(form, asks: key.arn, action: "sts:AssumeRole", at: now)
        return Answer(response: .sts(.assumeRole, assumed.elements), issued: [assumed.id])
    }

    /// Makes the credentials of a role that a form asks for. A person's roles are the only ones there are.
    mutating func assume(
        _ form: Form,
        asks principal: String,
        action: String,
        at now: Duration
    ) throws(AWSError) -> AccessKey {
        guard let arn = form["RoleArn"], let sessionName = form["RoleSessionName"] else {
            throw .sts("ValidationError", "RoleArn and RoleSessionName must be there")
        }
        guard let seconds = Int(form["DurationSeconds"] ?? "3600"), (900...43_200).contains(seconds) else {
            throw .sts("ValidationError", "DurationSeconds must be between 900 and 43200")
        }
        for awsAccount in configuration.aws.awsAccounts {
            for role in awsAccount.roles where arn == "arn:aws:iam::\(awsAccount.id):role/\(role)" {
                return issueKey(
                    awsAccount: awsAccount.id,
                    role: role,
                    sessionName: sessionName,
                    lifetime: .seconds(seconds),
                    at: now
                )
            }
        }
        throw .sts(
            "AccessDenied",
            "User: \(principal) is not authorized to perform: \(action) on resource: \(arn)",
            status: 403
        )
    }
}
