package import HTTPTypes
package import OAuth

/// The access portal of AWS IAM Identity Center in one region: makes the requests of its API (service `SSO`, version
/// 2019-06-10). The region is that of IAM Identity Center, not the one that a profile works in.
package struct Portal: Sendable, Hashable {
    /// Of the service `portal`.
    package var endpoint: Endpoint
    /// A file of trust anchors beside the system's.
    package var caFile: String?

    package init(_ endpoint: Endpoint, caFile: String? = nil) {
        self.endpoint = endpoint
        self.caFile = caFile
    }

    /// `GetRoleCredentials`: the credentials of a role; read by `RoleCredentials`.
    package func roleCredentials(of role: Role, token: Secret) -> EndpointRequest {
        let query = [("role_name", role.name), ("account_id", role.awsAccount.description)]
        return request(.get, "/federation/credentials", query, token)
    }

    /// `ListAccounts`: a page of the AWS accounts that the login has a role in; read by `Listing<AWSAccount>`.
    package func awsAccounts(after page: String? = nil, token: Secret) -> EndpointRequest {
        request(.get, "/assignment/accounts", Self.paging(page), token)
    }

    /// `ListAccountRoles`: a page of the roles that the login has in an AWS account; read by `Listing<Role>`.
    package func roles(in awsAccount: AWSAccount.ID, after page: String? = nil, token: Secret) -> EndpointRequest {
        request(.get, "/assignment/roles", [("account_id", awsAccount.description)] + Self.paging(page), token)
    }

    /// `Logout`: ends the session that the token belongs to, its refresh token included. Role credentials that were
    /// given out live on until their own end.
    package func logout(token: Secret) -> EndpointRequest {
        request(.post, "/logout", [], token)
    }

    /// Reads the reply to `Logout`; returns when the session is over, be it by this request or before it.
    ///
    /// - Throws: why it may go on.
    package static func readLogout(_ reply: EndpointReply) throws(Failure) {
        do throws(PortalError) {
            try reply.checkPortal()
        } catch .sessionOver {
            return
        } catch {
            throw error.failure
        }
    }

    /// As many entries a page as the API gives, for it counts requests.
    private static func paging(_ page: String?) -> [(String, String)] {
        [("max_result", "100")] + (page.map { [("next_token", $0)] } ?? [])
    }

    /// The token goes into a field of its own and never into the address, which others may log.
    private func request(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ query: [(name: String, value: String)],
        _ token: Secret
    ) -> EndpointRequest {
        let parameters = query.map { "\($0.name)=\(CanonicalRequest.encode($0.value.utf8))" }.joined(separator: "&")
        var head = endpoint.head(method, query.isEmpty ? path : path + "?" + parameters)
        head.headerFields[.ssoBearerToken] = token.revealText()
        return EndpointRequest(head: head, caFile: caFile)
    }
}

extension HTTPField.Name {
    /// Holds the access token of a request to the portal.
    package static let ssoBearerToken = Self(known: "x-amz-sso_bearer_token")
}
