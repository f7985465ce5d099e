import CCurl
import Glibc
package import HTTPTypes

/// Where a request goes, taken apart by the parser that libcurl itself will use, so that both see the same host.
package struct Target: Sendable {
    /// What a redirect may not leave.
    package struct Origin: Sendable, Hashable {
        package var scheme: String
        /// In small letters; an IPv6 address in brackets.
        package var host: String
        package var port: String

        package init(scheme: String, host: String, port: String) {
            self.scheme = scheme
            self.host = host
            self.port = port
        }
    }

    package let url: String
    package let origin: Origin

    /// Takes the target of a request.
    ///
    /// - Throws: `invalidRequest` when it is incomplete, or may not be sent.
    package init(_ head: HTTPRequest) throws(TransportError) {
        guard let scheme = head.scheme, let authority = head.authority, let path = head.path else {
            throw TransportError(.invalidRequest, "the request names no scheme, host or path")
        }
        let separators = "/?#\\@".utf8
        guard !authority.utf8.contains(where: separators.contains) else {
            throw TransportError(.invalidRequest, "the host of a URL takes a port and nothing else, no user name")
        }
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "#") }) else {
            throw TransportError(.invalidRequest, "the path of a URL starts with / and holds no space, no fragment")
        }
        try self.init(url: "\(scheme)://\(authority)\(path)")
    }

    /// Takes an absolute URL apart.
    ///
    /// - Throws: `invalidRequest` when it is no URL, has a user name, or would go unencrypted over a network.
    package init(url: String) throws(TransportError) {
        guard let parser = curl_url() else { throw .outOfMemory }
        defer { curl_url_cleanup(parser) }
        let accepted = curl_url_set(parser, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER))
        guard accepted == CURLUE_OK,
            let scheme = Self.part(CURLUPART_SCHEME, of: parser),
            let host = Self.part(CURLUPART_HOST, of: parser),
            let port = Self.part(CURLUPART_PORT, of: parser)
        else {
            let reason = accepted == CURLUE_OK ? "it names no host" : String(cString: curl_url_strerror(accepted))
            throw TransportError(.invalidRequest, "the URL cannot be used: \(reason)")
        }
        self.url = url
        origin = Origin(scheme: scheme, host: host.lowercased(), port: port)
        switch scheme {
        case "https": break
        case "http" where isLoopback || isMetadataService: break
        case "http":
            throw TransportError(
                .invalidRequest,
                "http://\(origin.host) is not encrypted, which only a loopback host may be; use https"
            )
        default: throw TransportError(.invalidRequest, "\(scheme) is not supported; use https")
        }
    }

    /// Whether the host is this machine by its very name: `localhost`, 127.0.0.0/8 or `::1`. libcurl resolves
    /// `localhost` without asking anyone.
    package var isLoopback: Bool {
        if origin.host == "localhost" { return true }
        var four = in_addr()
        if inet_pton(AF_INET, origin.host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
        return origin.host == "[::1]"
    }

    /// Whether the host is one at which Amazon's machines answer their own guests and containers. No router passes these
    /// addresses on, and their services speak nothing but plain HTTP.
    package var isMetadataService: Bool {
        [
            "169.254.169.254", "[fd00:ec2::254]",  // an instance's metadata
            "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]",  // the agents of containers
        ].contains(origin.host)
    }

    private static func part(_ part: CURLUPart, of parser: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(parser, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
