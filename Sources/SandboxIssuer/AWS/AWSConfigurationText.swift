extension SandboxIssuer {
    /// Accounts of an issuer's AWS side for tokend's configuration file, ready to be pasted: a login of Identity Center,
    /// and an application that exchanges its tokens and signs with a role of it.
    package static func awsAccountConfiguration(issuerURL: String, aws: AWSConfiguration) -> String {
        var text = """
            [account.sandbox-aws]
            provider = "aws-identity-center"
            start_url = "\(issuerURL)/start"
            region = "\(aws.region)"
            endpoint = "\(issuerURL)"
            portal_endpoint = "\(issuerURL)"

            """
        if let application = aws.applications.first, let awsAccount = aws.awsAccounts.first,
            let role = awsAccount.roles.first
        {
            text += """

                [account.sandbox-app]
                provider = "aws-identity-center-iam"
                application = "\(application.arn)"
                region = "\(aws.region)"
                endpoint = "\(issuerURL)"
                flow = "token_exchange"
                subject_token = { account = "sandbox-aws" }
                aws_credentials = { account = "sandbox-aws", account_id = "\(awsAccount.id)", role = "\(role)" }

                """
        }
        return text
    }

    /// A profile of an issuer's AWS side for `~/.aws/config`, by which AWS's own tools find it.
    package static func awsProfile(issuerURL: String, aws: AWSConfiguration) -> String {
        """
        [sso-session sandbox]
        sso_start_url = \(issuerURL)/start
        sso_region = \(aws.region)
        sso_registration_scopes = sso:account:access

        [profile sandbox]
        sso_session = sandbox
        sso_account_id = \(aws.awsAccounts.first?.id ?? "")
        sso_role_name = \(aws.awsAccounts.first?.roles.first ?? "")
        region = \(aws.region)
        endpoint_url = \(issuerURL)

        """
    }
}
