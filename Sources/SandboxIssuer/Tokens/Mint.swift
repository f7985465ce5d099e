import Crypto

/// Makes credentials and tells its own from others.
///
/// A credential is a ticket's name and a message authentication code of it, so nothing has to be remembered to recognise
/// one, and with the same seed the same ones come again.
struct Mint: Sendable {
    private let key: SymmetricKey
    private var lastSerial = 0

    init(seed: [UInt8]) { key = SymmetricKey(data: seed) }

    /// The serial number of the next access token.
    mutating func nextSerial() -> Int {
        lastSerial += 1
        return lastSerial
    }

    /// The credential of a ticket.
    func text(_ ticket: Ticket) -> String { "\(ticket.name)-\(Base64URL.encoded(code(ticket.name).prefix(24)))" }

    /// What a credential stands for; `nil` for one that is not of this mint.
    func read(_ text: String) -> Ticket? {
        guard let ticket = Ticket(credential: text), self.text(ticket) == text else { return nil }
        return ticket
    }

    /// The code a person types for a grant: eight letters without vowels, which are hard to mistake and spell no word
    /// (RFC 8628 section 6.1).
    func userCode(grant: Int) -> String {
        let alphabet = Array("BCDFGHJKLMNPQRSTVWXZ")
        let letters = code("user code \(grant)").prefix(8).map { alphabet[Int($0) % alphabet.count] }
        return String(letters.prefix(4)) + "-" + String(letters.suffix(4))
    }

    /// A secret that stands for nothing but what the issuer knows it by.
    func secret(_ purpose: String) -> String { Base64URL.encoded(code("secret \(purpose)")) }

    /// The id of a temporary access key, in the form that AWS's have.
    func accessKeyID(serial: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        return "ASIA" + String(code("access key \(serial)").prefix(16).map { alphabet[Int($0) % alphabet.count] })
    }

    /// How a log names a secret that is not one of ours: enough to see that two are the same.
    func fingerprint(_ text: String) -> String { "#" + Base64URL.encoded(code("fingerprint \(text)").prefix(6)) }

    private func code(_ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }
}
