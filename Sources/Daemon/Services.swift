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

/// Serves the socket; at the end, has everyone answered who waits, and lets the replies go out.
struct GatewayService: Service {
    let gateway: HTTPGateway
    let engine: Engine
    let events: EventLog

    func run() async throws {
        try? await gracefulShutdown()
        await engine.close()
        events.close()
        await gateway.stop()
    }
}

/// Tells the service manager that the daemon is ready, and reads the configuration anew on SIGHUP.
///
/// Whoever has been told so may send any signal. Those that end the daemon are trapped by the group, before it runs its
/// services.
struct ReloadService: Service {
    let engine: Engine
    let notifier: ServiceNotifier
    /// What the manager is told at first.
    let status: String
    /// Traps the signal from before the daemon says that it is ready; until then it would end the process.
    let hangups: UnixSignalsSequence

    func run() async throws {
        notifier.ready(status: status)
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

/// Writes down who reads which token; the last to stop, so that no reading goes unnoticed.
struct ReadLogService: Service {
    let readLog: ReadLog

    func run() async throws {
        await withGracefulShutdownHandler {
            await readLog.run()
        } onGracefulShutdown: {
            readLog.finish()
        }
    }
}
