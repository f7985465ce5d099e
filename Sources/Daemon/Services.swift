import Gateways
import ServiceLifecycle
import TokenStore
import Transport
import UnixSignals

/// Keeps the accounts' affairs going; at the end, brings them into order and closes what they need.
struct EngineService: Service {
    let parts: Parts
    let patience: Duration

    func run() async throws {
        try? await gracefulShutdown()
        await parts.engine.drain(patience: patience)
        await parts.transport.shutdown()
        parts.store.close()
    }
}

/// Serves the socket; at the end, lets replies that are under way go out.
struct GatewayService: Service {
    let gateway: HTTPGateway
    let events: EventLog

    func run() async throws {
        try? await gracefulShutdown()
        events.close()
        await gateway.stop()
    }
}

/// Reads the configuration anew on SIGHUP, and tells the service manager about it.
struct ReloadService: Service {
    let engine: Engine
    let notifier: ServiceNotifier
    /// Traps the signal from before the daemon says that it is ready; until then it would end the process.
    let hangups: UnixSignalsSequence

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in hangups {
                notifier.reloading()
                // What is wrong with the file has been logged, and the status shows it.
                try? await engine.reload()
                notifier.ready(status: await engine.statusLine)
            }
        }
        notifier.stopping()
    }
}

/// Writes down who reads which token.
struct ReadLogService: Service {
    let readLog: ReadLog

    func run() async throws {
        await cancelWhenGracefulShutdown { await readLog.run() }
    }
}
