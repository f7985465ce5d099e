import HTTPTypes
import IdentityCenter
import OAuth
import SandboxIssuer

extension Request {
    /// The request as one sends it to the issuer of a scene who has signed it.
    func signed(by key: AccessKey, region: String, service: String, at now: Duration) -> Request {
        var fields = HTTPFields()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        let head = HTTPRequest(
            method: HTTPRequest.Method(method) ?? .get,
            scheme: "http",
            authority: "127.0.0.1:8484",
            path: target,
            headerFields: fields
        )
        let signed = SigV4(credentials: key.credentials, region: region, service: service).sign(
            EndpointRequest(head: head, body: body),
            at: Instant(wall: now, boot: now, bootID: "")
        )
        var sent = self
        sent.headers["host"] = "127.0.0.1:8484"
        for field in signed.head.headerFields { sent.headers[field.name.canonicalName] = field.value }
        return sent
    }
}
