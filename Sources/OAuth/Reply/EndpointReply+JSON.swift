import FoundationEssentials
import HTTPTypes

extension EndpointReply {
    /// Reads the body as a JSON object.
    ///
    /// - Throws: a failure of unknown outcome, for who answers with garbage may well have acted on the request. Its text
    ///   never quotes the body, which may hold tokens.
    package func object<Members: Decodable>(_ type: Members.Type) throws(Failure) -> Members {
        do {
            return try JSONDecoder().decode(type, from: Data(body))
        } catch {
            let detail =
                isWebPage
                ? "a web page came back instead of JSON: something between this machine and the issuer, such as a "
                    + "captive portal or a proxy, seems to have answered in its place"
                : "the answer is not a JSON object"
            throw Failure(.temporary(.unknown), code: Failure.Code.notJSON, detail: detail)
        }
    }

    /// What the status alone says of a reply that names no error of its own; `nil` for success.
    ///
    /// A redirect is a failure because a request that holds credentials follows none.
    package var statusFailure: Failure? {
        let code = head.status.code
        switch code {
        case 200..<300:
            return nil
        case 300..<400:
            return Failure(
                .temporary(.answered),
                code: Failure.Code.redirect,
                detail: "the answer points to another address, where nothing is sent after it; configure the address "
                    + "that it leads to"
            )
        case 500..<600:
            return Failure(
                .temporary(.unknown, retryAfter: retryAfter),
                code: "http_\(code)",
                detail: "the issuer failed with HTTP status \(code)"
            )
        default:
            return Failure(
                .temporary(.answered, retryAfter: retryAfter),
                code: "http_\(code)",
                detail: "the issuer refused with HTTP status \(code) and did not say why"
            )
        }
    }

    /// Whether a person's browser, not a program, was meant.
    private var isWebPage: Bool {
        if head.headerFields[.contentType]?.lowercased().hasPrefix("text/html") == true { return true }
        return body.first { $0 > 0x20 } == UInt8(ascii: "<")
    }
}
