/// The names that the members of a token reply have on the wire.
package protocol TokenMemberName: CodingKey {
    static var accessToken: Self { get }
    static var tokenType: Self { get }
    static var expiresIn: Self { get }
    static var refreshToken: Self { get }
    static var idToken: Self { get }
    static var scope: Self { get }
}

/// The names of RFC 6749 section 5.1.
private enum TokenMember: String, TokenMemberName {
    case accessToken = "access_token"
    case tokenType = "token_type"
    case expiresIn = "expires_in"
    case refreshToken = "refresh_token"
    case idToken = "id_token"
    case scope
}

/// The members of a token reply (RFC 6749 section 5.1), each read on its own.
///
/// The texts in it are copies that cannot be wiped; they live as long as the reading of one reply.
private struct TokenReply<Name: TokenMemberName>: Decodable {
    var accessToken: Member<String>
    var tokenType: Member<String>
    var expiresIn: Member<DecimalNumber>
    var refreshToken: Member<String>
    var idToken: Member<String>
    var scope: Scope?

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Name.self)
        accessToken = members.member(.accessToken)
        tokenType = members.member(.tokenType)
        expiresIn = members.member(.expiresIn)
        refreshToken = members.member(.refreshToken)
        idToken = members.member(.idToken)
        scope = (members.member(.scope) as Member<ScopeText>).value?.scope
    }
}

/// A scope in its wire form, or as the list of strings that some issuers make of it.
private struct ScopeText: Decodable {
    /// `nil` when it is empty, which says no more than an absent one.
    var scope: Scope?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try? container.decode(String.self)
        let read = try text.map(Scope.init(wire:)) ?? Scope(container.decode([String].self))
        scope = read.isEmpty ? nil : read
    }
}

extension TokenSet {
    /// Reads the reply of a token endpoint: tolerant where the RFC is, and strict where a mistake would be served.
    ///
    /// - Throws: the issuer's own error, or what makes the reply useless. A rotated refresh token that came with a
    ///   useless reply is in the failure, because the one before it may be worth nothing any more.
    package init(_ reply: EndpointReply, to exchange: Exchange) throws(Failure) {
        try reply.check(exchange)
        try self.init(reply, named: TokenMember.self)
    }

    /// Reads a reply that names no error, whatever its protocol calls the members.
    ///
    /// - Throws: as above, what makes the reply useless.
    package init<Name: TokenMemberName>(_ reply: EndpointReply, named names: Name.Type) throws(Failure) {
        self = try reply.object(TokenReply<Name>.self).tokens(sentAt: reply.sentAt)
    }
}

extension TokenReply {
    /// What the members say together.
    fileprivate func tokens(sentAt: Instant) throws(Failure) -> TokenSet {
        guard let accessToken = accessToken.value, Self.isTokenText(accessToken) else {
            throw failure(
                .unknown,
                Failure.Code.invalidReply,
                "the answer holds no usable \(Name.accessToken.stringValue)"
            )
        }
        if case .unusable = refreshToken {
            throw failure(
                .unknown,
                Failure.Code.invalidReply,
                "the answer's \(Name.refreshToken.stringValue) is not text"
            )
        }
        let idToken = idToken.value.flatMap { IDToken($0, sentAt: sentAt) }
        let lifetime = try lifetime(sentAt: sentAt, idToken: idToken)
        return TokenSet(
            accessToken: Secret(accessToken),
            tokenType: try knownType(),
            lifetime: lifetime?.duration,
            lifetimeWasAbsolute: lifetime?.wasAbsolute ?? false,
            refreshToken: rotatedRefreshToken,
            idToken: idToken,
            scope: scope
        )
    }

    /// A new refresh token; an empty one is none.
    private var rotatedRefreshToken: Secret? {
        refreshToken.value.flatMap { $0.isEmpty ? nil : Secret($0) }
    }

    /// The type in its one spelling. A token of another type, such as DPoP, needs more than being shown, and must not be
    /// handed out as if it did not (RFC 6749 section 7.1).
    private func knownType() throws(Failure) -> String {
        switch tokenType {
        case .absent:
            return "Bearer"
        case .present(let type) where type.lowercased() == "bearer":
            return "Bearer"
        case .present(let type):
            let detail = "the issuer gave a token of type “\(type.displayable(atMost: 32))”; only Bearer can be served"
            throw failure(.answered, Failure.Code.unsupportedTokenType, detail)
        case .unusable:
            throw failure(
                .answered,
                Failure.Code.unsupportedTokenType,
                "the answer's \(Name.tokenType.stringValue) is not text"
            )
        }
    }

    /// The access token's lifetime; `nil` when the issuer does not say. One that was given as a moment hangs on our wall
    /// clock, and is not believed beyond the end of the id token beside it.
    private func lifetime(sentAt: Instant, idToken: IDToken?) throws(Failure) -> Lifetime? {
        guard case .present(let number) = expiresIn, var lifetime = Lifetime(seconds: number.value, sentAt: sentAt)
        else {
            if case .absent = expiresIn { return nil }
            let detail = "the token's \(Name.expiresIn.stringValue) is zero, negative, past or not a number"
            throw failure(.answered, Failure.Code.invalidLifetime, detail)
        }
        if lifetime.wasAbsolute, let idToken { lifetime.duration = min(lifetime.duration, idToken.lifetime) }
        return lifetime
    }

    private func failure(_ outcome: Failure.Outcome, _ code: String, _ detail: String) -> Failure {
        Failure(.temporary(outcome), code: code, detail: detail, rotatedRefreshToken: rotatedRefreshToken)
    }

    /// Whether a text can be an access token: visible ASCII and spaces (RFC 6749 appendix A.12). A line break in it
    /// would become a second header field, or a second line, with whoever uses it.
    private static func isTokenText(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
