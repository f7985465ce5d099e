package import IdentityCenter
import OAuth

/// Carries one question to the portal and reads the answer. It keeps nothing and tries nothing twice.
package struct PortalClient: Sendable {
    private let exchange: Exchange

    /// Takes the way to issuers.
    package init(exchange: Exchange) {
        self.exchange = exchange
    }

    /// Asks for an answer, or for the page of it that begins at `page`.
    @concurrent
    package func ask(
        _ question: PortalQuestion,
        after page: String?,
        in session: PortalSession
    ) async -> Result<PortalAnswer, PortalError> {
        do throws(PortalError) {
            let (portal, token) = (session.portal, session.token)
            switch question {
            case .credentials(let role):
                let reply = try await send(portal.roleCredentials(of: role, token: token))
                return .success(.credentials(try RoleCredentials(reply)))
            case .awsAccounts:
                let reply = try await send(portal.awsAccounts(after: page, token: token))
                return .success(.awsAccounts(try Listing<AWSAccount>(reply)))
            case .roles(let awsAccount):
                let reply = try await send(portal.roles(in: awsAccount, after: page, token: token))
                return .success(.roles(try Listing<Role>(reply, in: awsAccount)))
            }
        } catch {
            return .failure(error.withholding(session.token))
        }
    }

    private func send(_ request: EndpointRequest) async throws(PortalError) -> EndpointReply {
        do throws(Failure) {
            return try await exchange.post(request)
        } catch {
            throw .unavailable(error)
        }
    }
}
