import OAuth

/// What issuers publish about themselves, asked for once in a while.
///
/// The last good document outlives failures to fetch another. An issuer whose token endpoint moves to another host while
/// we look is not followed: whoever controls the document would get the refresh tokens.
actor MetadataCache {
    /// How long a document is taken as current.
    private static let lifetime = Duration.seconds(24 * 60 * 60)

    private struct Key: Hashable {
        var issuer: String
        var caFile: String?
    }

    private struct Entry {
        var metadata: IssuerMetadata
        var fetched: Instant
    }

    private let exchange: Exchange
    private let now: @Sendable () -> Instant
    private var entries: [Key: Entry] = [:]
    private var fetches: [Key: Task<Result<IssuerMetadata, Failure>, Never>] = [:]

    init(exchange: Exchange, now: @escaping @Sendable () -> Instant) {
        self.exchange = exchange
        self.now = now
    }

    /// The metadata of an issuer; callers who ask at the same time share one fetch.
    ///
    /// - Throws: why there is none; nothing that holds a credential has been sent then.
    func metadata(of issuer: String, caFile: String?) async throws(Failure) -> IssuerMetadata {
        let key = Key(issuer: issuer, caFile: caFile)
        let known = entries[key]
        if let known, let age = now().age(since: known.fetched), age < Self.lifetime { return known.metadata }
        let fetch = fetches[key] ?? Task { [exchange] in
            await Self.fetch(issuer, caFile: caFile, through: exchange)
        }
        fetches[key] = fetch
        let result = await fetch.value
        fetches[key] = nil
        switch result {
        case .success(let metadata):
            if let known { try Self.checkHost(of: metadata, against: known.metadata) }
            entries[key] = Entry(metadata: metadata, fetched: now())
            return metadata
        case .failure(let failure):
            guard let known else { throw failure }
            return known.metadata
        }
    }

    private static func fetch(
        _ issuer: String,
        caFile: String?,
        through exchange: Exchange
    ) async -> Result<IssuerMetadata, Failure> {
        do throws(Failure) {
            let issuer = try Issuer(issuer)
            var first: Failure?
            for place in Issuer.WellKnown.allCases {
                // An issuer that cannot be reached at one place is not asked at the other.
                let reply = try await exchange.fetch(issuer.metadataRequest(at: place, caFile: caFile))
                do throws(Failure) {
                    return .success(try issuer.readMetadata(reply))
                } catch {
                    first = first ?? error
                }
            }
            throw first ?? Failure(.misconfigured, code: Failure.Code.invalidReply, detail: "the issuer has no metadata")
        } catch {
            return .failure(error)
        }
    }

    private static func checkHost(of new: IssuerMetadata, against old: IssuerMetadata) throws(Failure) {
        func origin(_ address: String?) throws(Failure) -> String? {
            guard let address else { return nil }
            return try EndpointAddress(address).origin
        }
        guard let before = try origin(old.tokenEndpoint), let after = try origin(new.tokenEndpoint), before != after
        else { return }
        throw Failure(
            .misconfigured,
            code: "token_endpoint_moved",
            detail: "the issuer's metadata now names a token endpoint at \(after) in place of \(before); if that is "
                + "right, set token_endpoint in the configuration or restart tokend"
        )
    }
}
