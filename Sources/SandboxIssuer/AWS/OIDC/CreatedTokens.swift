extension IssuerMachine {
    /// Lets the portal session of a login begin, unless it has begun.
    mutating func openSession(of grant: Grant, until limit: Duration? = nil, at now: Duration) -> Grant {
        var grant = grants[grant.id - 1]
        let end = now + configuration.aws.sessionLifetime
        grant.sessionEnd = grant.sessionEnd ?? min(end, limit ?? end)
        grants[grant.id - 1] = grant
        return grant
    }

    /// Makes the tokens that both operations answer with. No access token outlives its session.
    mutating func createdTokens(
        of grant: Grant,
        refreshToken generation: Int?,
        at now: Duration
    ) -> (members: [String: JSON], issued: [String]) {
        let rest = grant.sessionEnd.map { $0 - now } ?? configuration.accessTokenLifetime
        let lifetime = min(configuration.accessTokenLifetime, rest).components.seconds
        let access = Ticket.accessToken(
            serial: mint.nextSerial(),
            grant: grant.id,
            expiry: now.components.seconds + lifetime
        )
        let refresh = generation.map { Ticket.refreshToken(grant: grant.id, generation: $0) }
        var members: [String: JSON] = [
            "accessToken": .string(mint.text(access)),
            "refreshToken": .optional(refresh.map(mint.text)),
        ]
        members["tokenType"] = configuration.reply.tokenType.map(JSON.string)
        members["expiresIn"] = configuration.reply.expiresIn.json(lifetime)
        return (members, [access, refresh].compactMap { $0?.name })
    }
}
