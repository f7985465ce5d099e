import HTTPTypes
import OAuth

/// The address of a service that the machine below us runs for us. It is reached without encryption at the addresses
/// that AWS has set aside for that, which no router passes on; elsewhere the rules of `EndpointAddress` hold.
package struct MetadataAddress: Sendable, Hashable {
    private let scheme: String
    private let authority: String
    private let path: String

    /// Takes an absolute address; `nil` when it is none, or would go unencrypted to another host than this machine and
    /// those in the list.
    init?(_ text: String, unencryptedAt hosts: [String]) {
        if let address = try? EndpointAddress(text) {
            (scheme, authority, path) = (address.scheme, address.authority, address.path)
            return
        }
        // What would be good with encryption, is good without it at these hosts, at the usual port.
        guard text.lowercased().hasPrefix("http://"), let address = try? EndpointAddress("https" + text.dropFirst(4)),
            hosts.contains(address.authority)
        else { return nil }
        (scheme, authority, path) = ("http", address.authority, address.path)
    }

    /// Scheme and host, as `http://169.254.169.254`.
    package var origin: String { "\(scheme)://\(authority)" }

    /// The head of a request to a path below this address; the empty one is the address itself.
    func head(_ method: HTTPRequest.Method, _ place: String) -> HTTPRequest {
        let whole = place.isEmpty ? path : (path.hasSuffix("/") ? String(path.dropLast()) : path) + place
        return HTTPRequest(
            method: method,
            scheme: scheme,
            authority: authority,
            path: whole,
            headerFields: [.accept: "application/json"]
        )
    }
}
