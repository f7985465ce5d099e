import HTTPTypes

/// An issuer, known by the URL that identifies it (RFC 8414 section 2): finds and reads its published metadata.
package struct Issuer: Sendable, Hashable {
    /// Where an issuer may publish its metadata, in the order to be tried.
    package enum WellKnown: Sendable, Hashable, CaseIterable {
        /// `{issuer}/.well-known/openid-configuration` (OpenID Connect Discovery section 4).
        case openIDConnect
        /// `/.well-known/oauth-authorization-server`, put before the issuer's path (RFC 8414 section 3).
        case oauth
    }

    /// Exactly as configured.
    package let identifier: String
    private let address: EndpointAddress

    /// Takes an issuer identifier: an https URL without query and fragment.
    ///
    /// - Throws: a failure of class `misconfigured` and code `invalid_address`.
    package init(_ identifier: String) throws(Failure) {
        address = try EndpointAddress(identifier)
        guard !identifier.contains("?") else {
            throw Failure(
                .misconfigured,
                code: Failure.Code.invalidAddress,
                detail: "“\(identifier)” has a query (?…), which an issuer cannot have"
            )
        }
        self.identifier = identifier
    }

    /// Makes the request for the metadata. Whoever finds none at the first place asks at the next.
    package func metadataRequest(at place: WellKnown, caFile: String? = nil) -> EndpointRequest {
        var head = address.head(.get)
        let path = address.path.hasSuffix("/") ? String(address.path.dropLast()) : address.path
        head.path =
            switch place {
            case .openIDConnect: path + "/.well-known/openid-configuration"
            case .oauth: "/.well-known/oauth-authorization-server" + path
            }
        return EndpointRequest(head: head, caFile: caFile)
    }

    /// Reads the reply. A document of another issuer is refused: it could send our tokens elsewhere (RFC 8414
    /// section 3.3).
    ///
    /// - Throws: a failure whose outcome is *not sent*, because what was waiting for the metadata has not been sent.
    package func readMetadata(_ reply: EndpointReply) throws(Failure) -> IssuerMetadata {
        do throws(Failure) {
            if let failure = reply.statusFailure { throw failure }
            guard let metadata = IssuerMetadata(try reply.object(MetadataDocument.self)) else {
                throw Failure(
                    .temporary(.unknown),
                    code: Failure.Code.invalidReply,
                    detail: "the metadata names no issuer"
                )
            }
            guard metadata.issuer.utf8.elementsEqual(identifier.utf8) else {
                throw Failure(
                    .misconfigured,
                    code: Failure.Code.issuerMismatch,
                    detail: "the metadata belongs to “\(metadata.issuer.displayable())”, but the configuration says "
                        + "“\(identifier)”; the two must be the same to the last character"
                )
            }
            return metadata
        } catch {
            throw error.beforeSending
        }
    }
}
