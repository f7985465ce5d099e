/// How a person logs in.
package enum LoginFlow: String, Sendable, Hashable, CaseIterable {
    /// On any device with a browser, by typing a code (RFC 8628).
    case device
    /// In a browser on this machine, which hands a code back (RFC 6749 section 4.1, RFC 7636, RFC 8252).
    case browser
}
