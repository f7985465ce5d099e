import Gateways
package import Settings
import TokenStore

/// Why the daemon could not run, as a status and a sentence.
package struct End {
    /// What the process exits with.
    package var status: Int32
    /// What happened and what mends it; for a configuration a line an error.
    package var message: String

    /// Says what an error means for the whole daemon.
    package init(_ error: any Error, paths: Paths) {
        switch error {
        case let error as SettingsErrors:
            self.init(status: Daemon.Exit.configuration, message: error.description)
        case let error as StoreError:
            self.init(status: error.exitCode ?? Daemon.Exit.configuration, message: error.description)
        case let error as ListenerError where error.code == .inUse:
            self.init(
                status: Daemon.Exit.temporaryFailure,
                message: "\(error.message); run: systemctl --user start tokend"
            )
        case let error as ListenerError:
            self.init(status: Daemon.Exit.configuration, message: error.description)
        default:
            self.init(status: Daemon.Exit.temporaryFailure, message: "tokend cannot go on: \(error)")
        }
    }

    private init(status: Int32, message: String) {
        self.status = status
        self.message = message
    }
}
