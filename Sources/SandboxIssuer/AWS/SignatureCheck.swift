import FoundationEssentials
import HTTPTypes
import IdentityCenter
import OAuth

/// Why a signature is refused, by the names of the services that speak JSON.
package enum SignatureException: String, Error, Sendable, Hashable, CaseIterable {
    case missing = "MissingAuthenticationTokenException"
    case incomplete = "IncompleteSignatureException"
    case unknownKey = "UnrecognizedClientException"
    /// The credentials have ended. The tokens of SSO-OIDC have an exception of the same name, with another status.
    case expired = "ExpiredTokenException"
    case invalid = "InvalidSignatureException"

    /// What STS calls it.
    package var stsCode: String {
        switch self {
        case .missing: "MissingAuthenticationToken"
        case .incomplete: "IncompleteSignature"
        case .unknownKey: "InvalidClientTokenId"
        case .expired: "ExpiredToken"
        case .invalid: "SignatureDoesNotMatch"
        }
    }

    /// What AWS says of it, where there is no more to say.
    package var message: String {
        switch self {
        case .missing: "Missing Authentication Token"
        case .incomplete: "Authorization header requires a signature with 'host' and 'x-amz-date' in SignedHeaders."
        case .unknownKey: "The security token included in the request is invalid."
        case .expired: "The security token included in the request is expired"
        case .invalid:
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                + "Access Key and signing method. Consult the service documentation for details."
        }
    }
}

/// A signature that is refused, before a service has put it in its own form.
struct SignatureRefusal: Error, Hashable {
    var exception: SignatureException
    var message: String

    init(_ exception: SignatureException, _ message: String? = nil) {
        self.exception = exception
        self.message = message ?? exception.message
    }
}

extension IssuerMachine {
    /// The key that has signed a request for a service, by the clock that the `Date` header shows.
    func signingKey(
        of request: Request,
        service: String,
        at now: Duration
    ) throws(SignatureRefusal) -> AccessKey {
        let fields = request.headers
        guard fields["authorization"] != nil else { throw SignatureRefusal(.missing) }
        let clock = now + configuration.clockOffset
        let known = roleKeys.merging(configuration.aws.accessKeys.map { ($0.id, $0) }) { issued, _ in issued }
        let region = configuration.aws.region
        let verification = SigV4Verification(region: region, service: service) { known[$0]?.credentials }
        let id: String
        do throws(SigV4Verification.Refusal) {
            id = try verification.verify(
                request.endpointRequest,
                at: Instant(wall: clock, boot: clock, bootID: "")
            )
        } catch {
            switch error {
            case .incomplete: throw SignatureRefusal(.incomplete)
            case .unknownKey: throw SignatureRefusal(.unknownKey)
            case .expiredCredentials: throw SignatureRefusal(.expired)
            case .wrongSignature: throw SignatureRefusal(.invalid)
            case .wrongDate: throw .wrongDate(fields["x-amz-date"] ?? "", at: clock)
            case .wrongScope:
                throw SignatureRefusal(
                    .invalid,
                    "Credential should be scoped to the date of the signature, a valid region, '\(region)', and "
                        + "correct service: '\(service)'."
                )
            }
        }
        guard let key = known[id] else { throw SignatureRefusal(.unknownKey) }
        return key
    }
}

extension SignatureRefusal {
    /// A signature that is too old, or made too early, in the words by which clients know that a clock is wrong.
    fileprivate static func wrongDate(_ date: String, at now: Duration) -> SignatureRefusal {
        func text(_ time: Duration) -> String {
            Date(timeIntervalSince1970: time / .seconds(1)).formatted(.iso8601).filter { !"-:".contains($0) }
        }
        let tolerance = SigV4Verification.tolerance
        let limit = date < text(now) ? text(now - tolerance) : text(now + tolerance)
        let verdict =
            date < text(now)
            ? "Signature expired: \(date) is now earlier than \(limit) (\(text(now)) - 5 min.)"
            : "Signature not yet current: \(date) is still later than \(limit) (\(text(now)) + 5 min.)"
        return SignatureRefusal(.invalid, verdict)
    }
}

extension Request {
    /// The request as those have it who check signatures.
    fileprivate var endpointRequest: EndpointRequest {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return EndpointRequest(
            head: HTTPRequest(
                method: HTTPRequest.Method(method) ?? .get,
                scheme: "http",
                authority: headers["host"],
                path: target,
                headerFields: fields
            ),
            body: body
        )
    }
}
