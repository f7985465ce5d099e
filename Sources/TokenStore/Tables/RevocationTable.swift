package import Accounts
import FoundationEssentials
package import OAuth

/// A token of a login that is over and that its issuer has yet to be told about.
package struct PendingRevocation: Sendable, Hashable, Identifiable {
    /// How long an issuer may stay out of reach before its token is given up.
    package static let patience = Duration.seconds(7 * 86_400)

    package var id: String
    package var grant: GrantID
    package var token: Secret
    /// When the logout was.
    package var since: Instant

    package init(id: String, grant: GrantID, token: Secret, since: Instant) {
        self.id = id
        self.grant = grant
        self.token = token
        self.since = since
    }
}

/// The rows of the table `revocations`: what a logout leaves behind until the issuer has answered.
struct RevocationTable {
    let connection: Connection
    let sealer: Sealer

    /// Keeps a token, sealed, for its revocation.
    func add(_ token: Secret, of grant: GrantID, at now: Instant) throws {
        let id = UUID().uuidString.lowercased()
        let sealed = try sealer.seal([.secret(token)], in: Self.cell(id, grant))
        try connection.run(
            """
            INSERT INTO revocations
                (id, account, fingerprint, since_wall, since_boot, since_boot_id, key_id, sealed)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [.text(id)] + grant.values + Instant.values(now) + [.text(sealer.keyID), .blob(sealed)]
        )
    }

    /// Reads those that are still worth a try, and drops the others: too old, or no longer to be opened.
    func pending(at now: Instant) throws -> [PendingRevocation] {
        let rows = try connection.rows(
            "SELECT id, account, fingerprint, sealed, since_wall, since_boot, since_boot_id FROM revocations"
        ) { row in
            (
                id: try row.text(), grant: GrantID(account: try row.text(), fingerprint: try row.text()),
                sealed: try row.blob(), since: try row.instantIfAny()
            )
        }
        var pending: [PendingRevocation] = []
        for row in rows {
            if let since = row.since, (now.age(since: since) ?? .zero) <= PendingRevocation.patience,
                let token = try? open(row.sealed, Self.cell(row.id, row.grant))
            {
                pending.append(PendingRevocation(id: row.id, grant: row.grant, token: token, since: since))
            } else {
                try remove(row.id)
            }
        }
        return pending
    }

    /// Removes one that is done.
    func remove(_ id: String) throws {
        try connection.run("DELETE FROM revocations WHERE id = ?", [.text(id)])
    }

    private func open(_ sealed: [UInt8], _ cell: Cell) throws -> Secret {
        try sealer.open(sealed, in: cell).read { reader throws(Plaintext.Malformed) in try reader.secret() }
    }

    private static func cell(_ id: String, _ grant: GrantID) -> Cell {
        Cell(table: "revocations", row: "\(id) \(grant.row)", column: "sealed", generation: 0)
    }
}
