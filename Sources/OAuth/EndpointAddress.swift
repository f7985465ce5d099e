package import HTTPTypes

/// The address of an endpoint that credentials are sent to.
///
/// It is https, because a credential must not cross a network in the clear; plain http is accepted on the loopback
/// interface alone (127.0.0.0/8, `[::1]`, `localhost`). Configured addresses and those an issuer publishes are checked
/// here alike. Only the plain form of a URL is read (RFC 3986): no user name, no fragment (RFC 6749 section 3.2), and
/// nothing that two parsers could understand differently.
package struct EndpointAddress: Sendable, Hashable {
    /// `https`, or `http` on the loopback interface.
    package let scheme: String
    /// The host, and the port where one was written.
    package let authority: String
    /// The path with its query; at least `/`.
    package let path: String

    /// Reads an absolute address.
    ///
    /// - Throws: a failure of class `misconfigured` and code `invalid_address` that says what is wrong with it.
    package init(_ text: String) throws(Failure) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !Self.unsafe.contains($0) }),
            let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://")
        else {
            let shown = text.contains("@") ? "this address" : "“\(text.displayable())”"
            throw Self.invalid("\(shown) is not an absolute URL such as https://login.example.com")
        }
        let rest = text[colon...].dropFirst(3)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex

        guard !rest[..<end].contains("@") else {
            throw Self.invalid("a URL with a user name in it is not accepted")
        }
        guard !rest[end...].contains("#") else {
            throw Self.invalid("“\(text)” has a fragment (#…), which an endpoint cannot have")
        }
        guard let host = Self.host(of: rest[..<end]) else {
            throw Self.invalid("“\(text)” has no valid host name and port")
        }
        scheme = text[..<colon].lowercased()
        guard scheme == "https" || (scheme == "http" && Self.isLoopback(host)) else {
            throw Self.invalid("“\(text)” is not https; plain http is accepted on a loopback address only")
        }
        authority = String(rest[..<end])
        path = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
    }

    /// The scheme and authority, as `https://login.example.com`.
    package var origin: String { "\(scheme)://\(authority)" }

    /// The head of a request to this address that asks for JSON.
    package func head(_ method: HTTPRequest.Method) -> HTTPRequest {
        HTTPRequest(
            method: method,
            scheme: scheme,
            authority: authority,
            path: path,
            headerFields: [.accept: "application/json"]
        )
    }

    /// Visible characters that no URL holds, some of which browsers and libraries read differently.
    private static let unsafe = Set(#""<>\^`{|}"#.utf8)

    /// The host of an authority, in lower case; `nil` when the authority has another form than `host` or `host:port`.
    private static func host(of authority: Substring) -> String? {
        let end: Substring.Index
        if authority.hasPrefix("[") {
            guard let bracket = authority.firstIndex(of: "]") else { return nil }
            let address = authority[..<bracket].dropFirst()
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
            end = authority.index(after: bracket)
        } else {
            end = authority.firstIndex(of: ":") ?? authority.endIndex
            let name = authority[..<end]
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || "-._".contains($0) }) else {
                return nil
            }
        }
        let port = authority[end...]
        guard port.isEmpty || (port.hasPrefix(":") && isPort(port.dropFirst())) else { return nil }
        return authority[..<end].lowercased()
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.allSatisfy(\.isWholeNumber) && UInt16(text).map { $0 > 0 } == true
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.first == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func invalid(_ detail: String) -> Failure {
        Failure(.misconfigured, code: Failure.Code.invalidAddress, detail: detail)
    }
}
