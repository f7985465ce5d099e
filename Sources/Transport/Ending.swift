import CCurl
import Glibc

/// How a transfer ended, as libcurl reports it, and what that means for the request.
struct Ending: Sendable {
    var result: CURLcode
    /// Whether any of the request may have left this machine.
    var requestSent: Bool
    var headReceived = false
    var excess: Reception.Excess?
    var nameResolved = true
    /// The status of the proxy's own answer; 0 without one.
    var proxyStatus = 0
    /// The `errno` of the connection; 0 without one.
    var systemError: Int32 = 0
    /// libcurl's text for this one transfer. It can quote a proxy's password, so only texts about TLS are passed on.
    var detail = ""

    /// Decides what to tell of a transfer that brought no whole answer.
    ///
    /// - Returns: `notSent` or `unknown`.
    func failure(of request: TransportRequest, to target: Target) -> Outcome {
        let code = code
        let text = code == .tls && !detail.isEmpty ? detail : String(cString: curl_easy_strerror(result))
        let message = message(code, request, target.origin.host, text)
        let error = TransportError(code, message, cause: TransportError.Cause(code: result.rawValue, text: text))
        return requestSent ? .unknown(error) : .notSent(error)
    }

    private var code: TransportError.Code {
        if excess != nil { return .tooLarge }
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST: return .dns
        case CURLE_COULDNT_CONNECT: return .connect
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: return .proxy
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED, CURLE_SSL_ISSUER_ERROR,
            CURLE_SSL_INVALIDCERTSTATUS:
            return .tls
        case CURLE_OPERATION_TIMEDOUT: return nameResolved ? .timeout : .dns
        case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR:
            // Before the request only a proxy has been spoken to without TLS.
            if !requestSent { return .proxy }
            return headReceived ? .truncated : .noAnswer
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            return .notHTTP
        default: return .unknown
        }
    }

    private func message(_ code: Code, _ request: TransportRequest, _ host: String, _ text: String) -> String {
        switch code {
        case .dns: "the name \(host) was not resolved; check how it is written, the network and DNS"
        case .connect:
            "no connection to \(host): \(systemText ?? text); check the address, the network and the proxy"
        case .proxy where proxyStatus != 0:
            "the proxy answered \(proxyStatus) instead of connecting to \(host); check https_proxy and its password"
        case .proxy: "the proxy for \(host) is unusable: \(text); check https_proxy"
        case .tls where result == CURLE_SSL_CACERT_BADFILE:
            "ca_file \(request.caFile ?? "of the system") holds a certificate that cannot be read; make it anew"
        case .tls where result == CURLE_PEER_FAILED_VERIFICATION:
            "the certificate of \(host) is not trusted: \(text); a private authority's certificate goes into ca_file"
        case .tls: "no TLS connection to \(host): \(text)"
        case .timeout where requestSent: "no whole answer from \(host) in time (at most \(request.timeout))"
        case .timeout: "no connection to \(host) in time (at most \(min(request.connectTimeout, request.timeout)))"
        case .tooLarge where excess == .head:
            "the header of the answer of \(host) is larger than \(Reception.maximumHead) bytes"
        case .tooLarge: "the answer of \(host) is larger than \(request.maximumBody) bytes"
        case .truncated: "the answer of \(host) broke off"
        case .noAnswer: "\(host) closed the connection without an answer"
        case .notHTTP: "what \(host) sent is not an HTTP answer that can be read: \(text)"
        case .cancelled, .invalidRequest, .unknown: "the request to \(host) failed: \(text)"
        }
    }

    private typealias Code = TransportError.Code

    private var systemText: String? { systemError == 0 ? nil : String(cString: strerror(systemError)) }
}
