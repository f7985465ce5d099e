import Accounts
import OAuth

/// The part of a grant that is sealed: its tokens, each with what is known of it.
struct GrantSecrets {
    /// The form the fields are written in. The first had no client.
    private static let form: Int64 = 2

    var refreshToken: Secret?
    var client: ClientRegistration?
    var token: Token?
    var idToken: Token?

    /// Names the cell that a grant's tokens are sealed for.
    static func cell(_ id: GrantID, generation: UInt64) -> Cell {
        Cell(table: "grants", row: id.row, column: "sealed", generation: generation)
    }

    var fields: [Plaintext.Field] {
        [.number(Self.form), .secret(ifAny: refreshToken)] + Self.fields(token) + Self.fields(idToken)
            + Self.fields(client)
    }

    init(_ grant: StoredGrant) {
        refreshToken = grant.refreshToken
        client = grant.client
        token = grant.token
        idToken = grant.idToken
    }

    /// Reads what `fields` wrote.
    init(_ reader: inout Plaintext.Reader) throws(Plaintext.Malformed) {
        let form = try reader.number()
        guard (1...Self.form).contains(form) else { throw Plaintext.Malformed() }
        refreshToken = try reader.secretIfAny()
        token = try Self.token(&reader)
        idToken = try Self.token(&reader)
        client = form == 1 ? nil : try Self.client(&reader)
    }

    private static func fields(_ client: ClientRegistration?) -> [Plaintext.Field] {
        guard let client else { return [.absent] }
        return [
            .text(client.clientID), .secret(ifAny: client.clientSecret),
            .number(client.expiresAt?.wholeMilliseconds ?? 0),
        ]
    }

    /// Time since 1970 of zero stands for a registration that does not end.
    private static func client(_ reader: inout Plaintext.Reader) throws(Plaintext.Malformed) -> ClientRegistration? {
        if reader.skipAbsent() { return nil }
        var client = ClientRegistration(clientID: try reader.text(), clientSecret: try reader.secretIfAny())
        let expiresAt = try reader.number()
        if expiresAt > 0 { client.expiresAt = .milliseconds(expiresAt) }
        return client
    }

    private static func fields(_ token: Token?) -> [Plaintext.Field] {
        guard let token else { return [.absent] }
        return [
            .secret(token.secret), .text(token.type), .text(token.scope.wire),
            .number(token.obtained.wall.wholeMilliseconds), .number(token.obtained.boot.wholeMilliseconds),
            .text(token.obtained.bootID), .number(token.lifetime.wholeMilliseconds),
            .number(token.lifetimeIsAssumed ? 1 : 0),
        ]
    }

    private static func token(_ reader: inout Plaintext.Reader) throws(Plaintext.Malformed) -> Token? {
        if reader.skipAbsent() { return nil }
        return Token(
            secret: try reader.secret(),
            type: try reader.text(),
            scope: Scope(wire: try reader.text()),
            obtained: Instant(
                wall: .milliseconds(try reader.number()),
                boot: .milliseconds(try reader.number()),
                bootID: try reader.text()
            ),
            lifetime: .milliseconds(try reader.number()),
            lifetimeIsAssumed: try reader.number() == 1
        )
    }
}

extension GrantID {
    /// Identifies the row of a sealed cell. The account comes with its length, so that two ids never give the same text.
    var row: String { "\(account.utf8.count):\(account):\(fingerprint)" }
}
