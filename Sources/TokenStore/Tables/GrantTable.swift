package import Accounts
import OAuth

/// What the store holds of logins.
package struct StoredContents: Sendable {
    /// Every login that could be read, dormant ones included.
    package var grants: [StoredGrant]
    /// The logins whose tokens do not open any more, each with why. Their rows stay as they are until the next login.
    package var unreadable: [GrantID: StoreError]
}

/// The rows of the table `grants`, one a login.
struct GrantTable {
    /// How long a login that the configuration does not know is kept.
    static let dormancy = Duration.seconds(30 * 86_400)

    let connection: Connection
    let sealer: Sealer

    private static let columns =
        ["account", "fingerprint", "generation", "requested_scope", "subject"]
        + Instant.columns("last_refresh") + Instant.columns("intent") + Instant.columns("ended")
        + ["ended_reason", "ended_detail", "key_id", "sealed"]

    private static let select = "SELECT \(columns.joined(separator: ", ")) FROM grants"
    private static let whereID = "WHERE account = ? AND fingerprint = ?"

    /// Reads every row. Each is opened at once: sealed, they are many times larger.
    func contents(at now: Instant) throws -> StoredContents {
        var contents = StoredContents(grants: [], unreadable: [:])
        let forgotten = try forgotten(at: now)
        try connection.rows(Self.select) { row in
            let row = try SealedRow(&row)
            guard !forgotten.contains(row.grant.id) else { return }
            do throws(StoreError) {
                contents.grants.append(try open(row))
            } catch {
                contents.unreadable[row.grant.id] = error
            }
        }
        return contents
    }

    /// Reads the token whose revocation ends a login; `nil` when there is none, or when it does not open any more.
    func token(_ id: GrantID, _ kind: RevokedToken, at now: Instant) throws -> Secret? {
        let grant = try row(of: id).flatMap { try? open($0) }
        switch kind {
        case .refreshToken: return grant?.refreshToken
        case .accessToken: return grant?.token.flatMap { $0.remaining(at: now) > .zero ? $0.secret : nil }
        }
    }

    private static let upsert = """
        INSERT INTO grants (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        ON CONFLICT (account, fingerprint) DO UPDATE
        SET \(columns.dropFirst(2).map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
        WHERE excluded.generation >= grants.generation
        """

    /// Puts the grant in the place of its row, or in a new one; never in that of a later generation. A row that does not
    /// open any more has no generation worth keeping.
    func save(_ grant: StoredGrant) throws {
        let values = try values(grant)
        if try connection.run(Self.upsert, values) == 1 { return }
        guard let row = try row(of: grant.id), (try? open(row)) == nil else {
            throw Self.superseded(grant.id, grant.generation)
        }
        try remove(grant.id)
        try connection.run(Self.upsert, values)
    }

    /// Records that a request is about to be sent from this generation.
    func recordIntent(_ id: GrantID, generation: UInt64, at now: Instant) throws {
        let changed = try setIntent(id, generation: generation, now)
        if changed == 1 { return }
        guard try row(of: id) != nil else {
            throw StoreError(.unknownGrant, "The store holds no login of the account \(id.account).")
        }
        throw Self.superseded(id, generation)
    }

    /// Records that no request of this generation is under way. Where the row is gone or has moved on that is so already.
    func clearIntent(_ id: GrantID, generation: UInt64) throws {
        try setIntent(id, generation: generation, nil)
    }

    /// Removes the row.
    func remove(_ id: GrantID) throws {
        try connection.run("DELETE FROM grants \(Self.whereID)", id.values)
    }

    /// Names every login, dormant ones included.
    func logins() throws -> Set<GrantID> { Set(try dormancies().map(\.id)) }

    /// Marks the logins outside the set as dormant from now on, where they are not so already, and those in it as live. Where
    /// nobody can tell for how long one has been dormant, its time begins anew; one that was so for too long is gone.
    func retain(_ live: Set<GrantID>, at now: Instant) throws {
        try removeForgotten(at: now)
        for (id, since) in try dormancies() {
            if live.contains(id) {
                if since != nil { try setDormant(id, since: nil) }
            } else if since.flatMap({ now.age(since: $0) }) == nil {
                try setDormant(id, since: now)
            }
        }
    }

    /// Removes the logins that have been dormant for too long.
    func removeForgotten(at now: Instant) throws {
        for id in try forgotten(at: now) { try remove(id) }
    }

    /// The logins that have been dormant for too long.
    private func forgotten(at now: Instant) throws -> Set<GrantID> {
        let forgotten = try dormancies().filter { _, since in
            since.flatMap { now.age(since: $0) }.map { $0 > Self.dormancy } ?? false
        }
        return Set(forgotten.map(\.id))
    }

    private func dormancies() throws -> [(id: GrantID, since: Instant?)] {
        try connection.rows(
            "SELECT account, fingerprint, \(Instant.columns("dormant").joined(separator: ", ")) FROM grants"
        ) { row in
            (id: GrantID(account: try row.text(), fingerprint: try row.text()), since: try row.instantIfAny())
        }
    }

    @discardableResult
    private func setIntent(_ id: GrantID, generation: UInt64, _ instant: Instant?) throws -> Int {
        try connection.run(
            "UPDATE grants SET intent_wall = ?, intent_boot = ?, intent_boot_id = ? \(Self.whereID) AND generation = ?",
            Instant.values(instant) + id.values + [.integer(Int64(clamping: generation))]
        )
    }

    private func setDormant(_ id: GrantID, since: Instant?) throws {
        try connection.run(
            "UPDATE grants SET dormant_wall = ?, dormant_boot = ?, dormant_boot_id = ? \(Self.whereID)",
            Instant.values(since) + id.values
        )
    }

    private static func superseded(_ id: GrantID, _ generation: UInt64) -> StoreError {
        StoreError(
            .superseded,
            "The login of the account \(id.account) has moved on past generation \(generation); the change is void."
        )
    }
}

extension GrantTable {
    /// A row before its tokens are opened.
    private struct SealedRow {
        var grant: StoredGrant
        var keyID: String
        var sealed: [UInt8]

        /// Reads the columns in the order of `columns`.
        init(_ row: inout Row) throws {
            grant = StoredGrant(
                id: GrantID(account: try row.text(), fingerprint: try row.text()),
                generation: UInt64(clamping: try row.integer()),
                requestedScope: Scope(wire: try row.text())
            )
            grant.subject = try row.textIfAny()
            grant.lastRefreshAt = try row.instantIfAny()
            grant.intentAt = try row.instantIfAny()
            let endedAt = try row.instantIfAny()
            let reason = try row.textIfAny()
            let detail = try row.textIfAny()
            grant.ended = endedAt.map {
                EndedCause(
                    reason: reason.flatMap(EndedCause.Reason.init) ?? .revokedOrExpired,
                    detail: detail ?? "",
                    at: $0
                )
            }
            keyID = try row.text()
            sealed = try row.blob()
        }
    }

    private func values(_ grant: StoredGrant) throws -> [SQLValue] {
        let sealed = try sealer.seal(
            GrantSecrets(grant).fields,
            in: GrantSecrets.cell(grant.id, generation: grant.generation)
        )
        return grant.id.values
            + [
                .integer(Int64(clamping: grant.generation)), .text(grant.requestedScope.wire),
                .text(ifAny: grant.subject),
            ]
            + Instant.values(grant.lastRefreshAt) + Instant.values(grant.intentAt) + Instant.values(grant.ended?.at)
            + [
                .text(ifAny: grant.ended?.reason.rawValue), .text(ifAny: grant.ended?.detail), .text(sealer.keyID),
                .blob(sealed),
            ]
    }

    private func row(of id: GrantID) throws -> SealedRow? {
        try connection.rows("\(Self.select) \(Self.whereID)", id.values) { try SealedRow(&$0) }.first
    }

    private func open(_ row: SealedRow) throws(StoreError) -> StoredGrant {
        var grant = row.grant
        do {
            guard row.keyID == sealer.keyID else { throw Sealer.Broken() }
            let cell = GrantSecrets.cell(grant.id, generation: grant.generation)
            let secrets = try sealer.open(row.sealed, in: cell)
                .read { reader throws(Plaintext.Malformed) in try GrantSecrets(&reader) }
            grant.refreshToken = secrets.refreshToken
            grant.client = secrets.client
            grant.token = secrets.token
            grant.idToken = secrets.idToken
            return grant
        } catch {
            throw StoreError(
                .tampered,
                "The stored login of the account \(grant.id.account) was changed by something else than tokend "
                    + "and does not open; run: tokenctl login \(grant.id.account)",
                cause: error
            )
        }
    }
}

extension GrantID {
    /// The values of the columns `account` and `fingerprint`.
    var values: [SQLValue] { [.text(account), .text(fingerprint)] }
}
