import HTTPTypes
import OAuth

extension HTTPField {
    /// A field whose value is secret; `nil` when the secret is not one line of visible characters.
    init?(secret: Secret, named name: Name) {
        let isVisible = secret.reveal { $0.allSatisfy { (0x20...0x7E).contains($0) } }
        guard isVisible else { return nil }
        self.init(name: name, value: secret.revealText())
    }
}
