extension Fault {
    /// An exception of SSO-OIDC. InvalidRequestRegionException has the members `endpoint` and `region`.
    package static func exception(
        _ exception: OIDCException,
        message: String = "Sandbox fault",
        members: [String: JSON] = [:]
    ) -> Fault {
        Fault(AWSError.oidc(exception, message, members: members))
    }

    /// An exception of the portal.
    package static func exception(
        _ exception: PortalException,
        message: String = "Sandbox fault",
        headers: [String: String] = [:]
    ) -> Fault {
        var error = AWSError.portal(exception, message)
        error.response.headers.merge(headers) { _, given in given }
        return Fault(error)
    }

    /// A refusal of the signature by what stands in front of the services that speak JSON, with status 403.
    package static func exception(_ exception: SignatureException, message: String? = nil) -> Fault {
        Fault(AWSError.frontEnd(exception, message ?? exception.message))
    }

    /// An error of STS.
    package static func sts(_ code: String, message: String = "Sandbox fault", status: Int = 400) -> Fault {
        Fault(AWSError.sts(code, message, status: status))
    }

    private init(_ error: AWSError) {
        self.init(name: error.name, acts: false, answer: error.response)
    }
}

extension FaultRequest {
    /// The exception that is asked for by name, in the form of the endpoint's service. SSO-OIDC and the front end share
    /// the name ExpiredTokenException: with status 403 it is the front end's.
    func exception(at endpoint: Endpoint) throws(ControlError) -> Fault {
        guard let name = exception else { throw ControlError("the fault exception needs exception") }
        let message = description ?? "Sandbox fault"
        switch endpoint.service {
        case .oidc:
            if status != 403, let known = OIDCException(rawValue: name) {
                return .exception(known, message: message, members: (members ?? [:]).mapValues(JSON.string))
            }
            if endpoint == .createTokenWithIAM, let known = SignatureException(rawValue: name) {
                return .exception(known, message: description)
            }
        case .portal:
            if let known = PortalException(rawValue: name) {
                return .exception(known, message: message, headers: headers ?? [:])
            }
        case .sts:
            return .sts(name, message: message, status: status ?? 400)
        case .oauth:
            break
        }
        throw ControlError("\(endpoint.rawValue) has no such exception: \(name)")
    }
}
