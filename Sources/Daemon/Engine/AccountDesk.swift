import Accounts
import OAuth

/// One login under the engine's care: its machine, and how to reach its issuer.
///
/// An account whose issuer or client was changed has two for a while: the live one, and the retired one until what it has
/// under way is saved.
struct AccountDesk: Sendable {
    /// Tells desks apart, also two of one login.
    typealias ID = Int

    var provider: any Provider
    var machine: AccountMachine
    /// When the machine wants to be woken.
    var wakeAt: Instant?

    var name: String { machine.id.account }
}
