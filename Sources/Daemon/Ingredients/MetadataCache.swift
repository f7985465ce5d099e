package import OAuth

/// What issuers publish about themselves, asked for once in a while.
///
/// The last good document outlives failures to fetch another. An issuer whose endpoints for refresh tokens move to another
/// host while we look is not followed: whoever controls the document would get the tokens.
package actor MetadataCache {
    /// How long a document is taken as current.
    private static let lifetime = Duration.seconds(24 * 60 * 60)
    /// How long the last good one is, after no newer could be had.
    private static let respite = Duration.seconds(5 * 60)

    private struct Key: Hashable {
        var issuer: String
        var caFile: String?
    }

    private struct Entry {
        var metadata: IssuerMetadata
        var currentUntil: Instant
    }

    /// What came of asking at every place.
    private struct Found {
        var metadata: IssuerMetadata
        /// Whether what is missing in it could not be looked for, and so may still be found.
        var isProvisional = false
    }

    private let exchange: Exchange
    private let now: @Sendable () -> Instant
    private var entries: [Key: Entry] = [:]
    private var fetches: [Key: Task<Result<IssuerMetadata, Failure>, Never>] = [:]

    /// Knows nothing yet.
    package init(exchange: Exchange, now: @escaping @Sendable () -> Instant) {
        self.exchange = exchange
        self.now = now
    }

    /// The metadata of an issuer; callers who ask at the same time share one fetch.
    ///
    /// - Throws: why there is none; nothing that holds a credential has been sent then.
    package func metadata(of issuer: String, caFile: String?) async throws(Failure) -> IssuerMetadata {
        let key = Key(issuer: issuer, caFile: caFile)
        if let known = entries[key], !now().hasReached(known.currentUntil) { return known.metadata }
        let fetch = fetches[key] ?? Task { take(await Self.fetch(key, through: exchange), for: key) }
        fetches[key] = fetch
        return try await fetch.value.get()
    }

    /// Draws the conclusions from a fetch, once for all who wait for it.
    private func take(_ fetched: Result<Found, Failure>, for key: Key) -> Result<IssuerMetadata, Failure> {
        fetches[key] = nil
        switch (fetched, entries[key]) {
        case (.success(let found), let known):
            var metadata = found.metadata
            if let known {
                if found.isProvisional { metadata = metadata.completed(by: known.metadata) }
                if let moved = Self.movement(from: known.metadata, to: metadata) { return .failure(moved) }
                metadata.revocationEndpoint = Self.trusted(
                    metadata.revocationEndpoint,
                    known.metadata.revocationEndpoint
                )
            }
            let lifetime = found.isProvisional ? Self.respite : Self.lifetime
            entries[key] = Entry(metadata: metadata, currentUntil: now().advanced(by: lifetime))
            return .success(metadata)
        case (.failure, let known?):
            entries[key]?.currentUntil = now().advanced(by: Self.respite)
            return .success(known.metadata)
        case (.failure(let failure), nil):
            return .failure(failure)
        }
    }

    /// Asks at every place until nothing is missing: there are issuers that name an endpoint in one document only.
    @concurrent
    private static func fetch(_ key: Key, through exchange: Exchange) async -> Result<Found, Failure> {
        var found: Found?
        var refusal: Failure?
        do throws(Failure) {
            let issuer = try Issuer(key.issuer)
            for place in Issuer.WellKnown.allCases where found?.metadata.isComplete != true {
                // An issuer that cannot be reached at one place is not asked at the other.
                let reply = try await exchange.fetch(issuer.metadataRequest(at: place, caFile: key.caFile))
                do throws(Failure) {
                    let metadata = try issuer.readMetadata(reply)
                    found = Found(metadata: found?.metadata.completed(by: metadata) ?? metadata)
                } catch {
                    refusal = refusal ?? error
                    if reply.statusFailure?.class.outcome == .unknown { found?.isProvisional = true }
                }
            }
        } catch {
            refusal = refusal ?? error
            found?.isProvisional = true
        }
        if let found { return .success(found) }
        return .failure(
            refusal ?? Failure(.misconfigured, code: Failure.Code.invalidReply, detail: "the issuer has no metadata")
        )
    }

    /// Why newer metadata is not to be trusted; `nil` when refresh tokens go where they went before.
    private static func movement(from old: IssuerMetadata, to new: IssuerMetadata) -> Failure? {
        guard let before = old.tokenEndpoint.map(origin), let after = new.tokenEndpoint.map(origin), before != after
        else { return nil }
        return Failure(
            .misconfigured,
            code: "token_endpoint_moved",
            detail: "the issuer's metadata now names a token_endpoint at \(after.displayable()) in place of "
                + "\(before.displayable()); if that is right, restart tokend"
        )
    }

    /// The newer address of an endpoint that gets refresh tokens, unless it is on another host.
    private static func trusted(_ new: String?, _ old: String?) -> String? {
        guard let new, let old, origin(of: new) != origin(of: old) else { return new }
        return old
    }

    /// Scheme, host and port of an endpoint; one that is no address is its own.
    private static func origin(of address: String) -> String { (try? EndpointAddress(address).origin) ?? address }
}
