import Accounts
import OAuth

/// One login under the engine's care: its machine, and how to reach its issuer.
///
/// An account whose issuer or client was changed has two for a while: the live one, and the retired one until what it has
/// under way is saved.
final class AccountDesk {
    /// Tells desks apart, also two of one login.
    typealias ID = Int

    var provider: any Provider
    /// The user name that goes with the token, as configured.
    var user: String?
    var machine: AccountMachine
    /// When the machine wants to be woken.
    var wakeAt: Instant?
    /// How many requests are under way, those included whose answers the machine has no use for: it has them revoked.
    var requests = 0

    init(provider: any Provider, machine: AccountMachine) {
        self.provider = provider
        self.machine = machine
    }

    var name: String { machine.id.account }

    /// Whether nothing more can come.
    var isFinished: Bool { machine.isFinished && requests == 0 }
}
