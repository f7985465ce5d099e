internal import Glibc
internal import NIOCore
internal import NIOPosix

/// The HTTP API on a Unix socket, served by one thread of its own.
package final class HTTPGateway: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let listener: Listener
    private let server: any Channel
    private let open: NIOLoopBound<OpenConnections>
    private let count: OpenConnections.Count

    /// How many connections are open.
    package var connections: Int { count.value }

    /// Begins to serve.
    ///
    /// - Parameters:
    ///   - listener: The socket, which from now on belongs to the gateway.
    ///   - service: The daemon, for all that is not published.
    ///   - published: The tokens that go out at once.
    ///   - audit: Hears of every token that goes out.
    ///   - limits: What a client may take up.
    ///   - uid: The one user whose processes are served.
    ///   - now: The boot clock.
    /// - Returns: The gateway, which serves until it is stopped.
    /// - Throws: What the system says when the socket cannot be served.
    package static func start(
        listener: Listener,
        service: any AccountService,
        published: PublishedTokens,
        audit: any TokenAudit,
        limits: Limits = Limits(),
        uid: UInt32 = geteuid(),
        now: @escaping @Sendable () -> Duration = { BootClock.now() }
    ) async throws -> HTTPGateway {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.any()
        let (open, count) = try await loop.submit {
            let connections = OpenConnections(eventLoop: loop, limits: limits)
            return (NIOLoopBound(connections, eventLoop: loop), connections.count)
        }.get()
        let admission = Admission(
            uid: uid,
            cached: CachedTokens(published: published, audit: audit, now: now),
            router: Router(service: service, connections: count)
        )
        let bootstrap = ServerBootstrap(group: group)
            // One at a time, so that the limit on connections is kept to the letter.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { server in
                server.eventLoop.makeCompletedFuture {
                    try server.pipeline.syncOperations.addHandler(ListenerRest(connections: open.value))
                }
            }
            // What a client sends ahead stays in the kernel, but for one read.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4096))
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try admission.admit(channel, to: open.value)
                }
            }
        do {
            let server = try await bootstrap.withBoundSocket(listener.descriptor).get()
            return HTTPGateway(group: group, listener: listener, server: server, open: open, count: count)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        group: MultiThreadedEventLoopGroup,
        listener: Listener,
        server: any Channel,
        open: NIOLoopBound<OpenConnections>,
        count: OpenConnections.Count
    ) {
        self.group = group
        self.listener = listener
        self.server = server
        self.open = open
        self.count = count
    }

    /// Takes no more connections, finishes the replies under way as far as `Limits.stopTime` allows, closes all and ends
    /// the thread.
    package func stop() async {
        listener.removeFile()
        try? await server.close()
        try? await server.eventLoop.flatSubmit { [open] in open.value.finish() }.get()
        try? await group.shutdownGracefully()
    }
}
