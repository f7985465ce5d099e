package import OAuth
package import Transport

/// Carries endpoint requests through the transport and puts what went wrong there into the issuers' vocabulary.
package struct Exchange: Sendable {
    private let transport: Transport
    private let now: @Sendable () -> Instant

    /// Takes the way to issuers and the clock.
    package init(transport: Transport, now: @escaping @Sendable () -> Instant) {
        self.transport = transport
        self.now = now
    }

    /// Sends a request that carries credentials: on a connection of its own, to that address and no other. The timeout
    /// is for the whole of it.
    ///
    /// - Throws: a `Failure` whose outcome says whether the issuer may have acted on the request.
    func post(_ request: EndpointRequest, within timeout: Duration = .seconds(30)) async throws(Failure)
        -> EndpointReply
    {
        try await send(request, connection: .fresh, redirects: .never, timeout: timeout)
    }

    /// Sends a request without credentials, ahead of one that has some.
    ///
    /// - Throws: a `Failure` whose outcome is *not sent*: what this was for has not left the machine.
    func fetch(_ request: EndpointRequest) async throws(Failure) -> EndpointReply {
        do throws(Failure) {
            return try await send(request, connection: .reusable, redirects: .sameOrigin(limit: 3))
        } catch {
            throw error.beforeSending
        }
    }

    private func send(
        _ request: EndpointRequest,
        connection: TransportRequest.Connection,
        redirects: TransportRequest.Redirects,
        timeout: Duration = .seconds(30)
    ) async throws(Failure) -> EndpointReply {
        let sentAt = now()
        let outcome = await transport.send(
            TransportRequest(
                head: request.head,
                body: request.body,
                caFile: request.caFile,
                connection: connection,
                redirects: redirects,
                timeout: timeout
            )
        )
        switch outcome {
        case .answered(let head, let body): return EndpointReply(head: head, body: body, sentAt: sentAt)
        case .notSent(let error): throw Failure(.temporary(.notSent), code: error.code.rawValue, detail: error.message)
        case .unknown(let error): throw Failure(.temporary(.unknown), code: error.code.rawValue, detail: error.message)
        }
    }
}
