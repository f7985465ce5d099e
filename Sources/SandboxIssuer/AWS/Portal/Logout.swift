extension IssuerMachine {
    /// Ends the session of a login, and with it the refresh token (`POST /logout`).
    mutating func logout(_ session: Grant) -> Answer {
        revoke(grant: session.id)
        return Answer(response: Response(200), grant: session.id)
    }
}
