import HTTPTypes
package import OAuth

/// What the portal says in place of an answer, by what is to be done about it. The texts are the portal's own or say
/// what happened, fit to be shown.
package enum PortalError: Error, Sendable, Hashable {
    /// It does not know the access token, whatever the clock says (`UnauthorizedException`).
    case sessionOver(String)
    /// The token is good, but this role is not for it: it is not assigned, or was assigned after the login
    /// (`ForbiddenException`).
    case forbidden(String)
    /// There is no such AWS account or role for this login (`ResourceNotFoundException`).
    case notFound(String)
    /// The request is not one that it takes (`InvalidRequestException`).
    case refused(String)
    /// Worth another try: the portal is throttled or failing (`TooManyRequestsException`), cannot be reached, or
    /// answered garbage.
    case unavailable(Failure)

    /// The same in the vocabulary of providers.
    package var failure: Failure {
        switch self {
        case .sessionOver(let detail): Failure(.denied, code: "UnauthorizedException", detail: detail)
        case .forbidden(let detail): Failure(.denied, code: "ForbiddenException", detail: detail)
        case .notFound(let detail): Failure(.misconfigured, code: "ResourceNotFoundException", detail: detail)
        case .refused(let detail): Failure(.misconfigured, code: "InvalidRequestException", detail: detail)
        case .unavailable(let failure): failure
        }
    }

    /// The same without the access token that was sent, should the portal repeat it.
    package func withholding(_ token: Secret) -> PortalError {
        switch self {
        case .sessionOver(let detail): .sessionOver(detail.withholding(token))
        case .forbidden(let detail): .forbidden(detail.withholding(token))
        case .notFound(let detail): .notFound(detail.withholding(token))
        case .refused(let detail): .refused(detail.withholding(token))
        case .unavailable: self
        }
    }

    /// Whether the portal wants fewer requests, whatever they ask.
    package var isThrottling: Bool {
        guard case .unavailable(let failure) = self else { return false }
        return failure.code == Self.throttled
    }

    /// What comes with status 200 and cannot be used.
    static func invalidReply(_ detail: String, code: String = Failure.Code.invalidReply) -> PortalError {
        .unavailable(Failure(.temporary(.answered), code: code, detail: detail))
    }

    fileprivate static let throttled = "TooManyRequestsException"

    /// Which status stands for which exception. The exception decides where the two disagree.
    fileprivate static let statuses = [
        "InvalidRequestException": 400,
        "UnauthorizedException": 401,
        "ForbiddenException": 403,
        "ResourceNotFoundException": 404,
        throttled: 429,
    ]
}

extension EndpointReply {
    /// Returns when the portal did what was asked.
    func checkPortal() throws(PortalError) {
        guard let failure = statusFailure else { return }
        let code = serviceErrorCode
        let status = code.flatMap { PortalError.statuses[$0] } ?? head.status.code
        switch status {
        case 400: throw .refused(try portalMessage(orElse: failure))
        case 401: throw .sessionOver(try portalMessage(orElse: failure))
        case 403: throw .forbidden(try portalMessage(orElse: failure))
        case 404: throw .notFound(try portalMessage(orElse: failure))
        case 429:
            let wish = Failure.Class.temporary(.answered, retryAfter: retryAfter)
            throw .unavailable(Failure(wish, code: PortalError.throttled, detail: "the portal wants fewer requests"))
        default: throw .unavailable(failure)
        }
    }

    /// The members of a useful reply.
    func portalObject<Members: Decodable>(_ type: Members.Type) throws(PortalError) -> Members {
        do throws(Failure) {
            return try object(type)
        } catch {
            throw .unavailable(error)
        }
    }

    /// What the portal says about its refusal. A page that names no exception and is no JSON either is not the
    /// portal's: something in between has answered, and nothing follows from it for the login.
    private func portalMessage(orElse failure: Failure) throws(PortalError) -> String {
        guard !body.isEmpty, serviceErrorCode == nil || isJSONObject else { return failure.detail }
        let members = try portalObject(ServiceErrorMembers.self)
        let text = (members.message.value ?? members.capitalMessage.value ?? "").displayable()
        return text.isEmpty ? failure.detail : text
    }

    private var isJSONObject: Bool { (try? object(ServiceErrorMembers.self)) != nil }
}
