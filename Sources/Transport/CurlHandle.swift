import CCurl
import Glibc
import HTTPTypes

/// One transfer as libcurl knows it: an easy handle with everything it points to. Lives on the transfer thread.
final class CurlHandle {
    /// The transport's own terms, the same for every request.
    struct Terms: Sendable {
        var userAgent: String
        var proxy: Proxy?
        var limits: Transport.Limits
    }

    let easy: UnsafeMutableRawPointer
    private let reception: Reception
    private let body: WipingBuffer
    private var fields: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>

    /// Makes the handle, ready to be added to a multi handle.
    ///
    /// - Throws: `unknown` or `invalidRequest` when libcurl refuses an option.
    init(_ transfer: Transfer, remaining: Duration, terms: Terms) throws(TransportError) {
        guard let easy = curl_easy_init() else { throw .outOfMemory }
        self.easy = easy
        reception = Reception(maximumBody: transfer.request.maximumBody)
        body = WipingBuffer(transfer.request.body)
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try setTarget(transfer.target, proxy: terms.proxy)
        try setConnection(transfer.request)
        try setTrust(transfer.anchors)
        try setDeadlines(transfer.request, remaining: remaining, stall: terms.limits.stall)
        try setMethod(transfer.request)
        try setFields(transfer.request.head.headerFields, userAgent: terms.userAgent)
        try setReception()
    }

    deinit {
        curl_easy_cleanup(easy)
        var field = fields
        while let current = field?.pointee {
            if let text = current.data { explicit_bzero(text, strlen(text)) }
            field = current.next
        }
        curl_slist_free_all(fields)
        errorText.deallocate()
    }

    // MARK: What goes out

    private func setTarget(_ target: Target, proxy: Proxy?) throws(TransportError) {
        try set(CURLOPT_URL, target.url)
        try set(CURLOPT_PATH_AS_IS, 1)
        try set(CURLOPT_PROTOCOLS_STR, target.origin.scheme)
        // Empty texts keep libcurl from reading the environment by itself.
        try set(CURLOPT_PROXY, target.isLoopback || target.isMetadataService ? "" : proxy?.url ?? "")
        try set(CURLOPT_NOPROXY, proxy?.exceptions ?? "")
        try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    }

    private func setConnection(_ request: TransportRequest) throws(TransportError) {
        try set(CURLOPT_NOSIGNAL, 1)
        // Ending a transfer must not wait for a name look-up that hangs: its thread goes on alone and cleans up.
        try set(CURLOPT_QUICK_EXIT, 1)
        if request.connection == .fresh || !request.isRepeatable {
            try set(CURLOPT_FRESH_CONNECT, 1)
            try set(CURLOPT_FORBID_REUSE, 1)
        }
    }

    private func setTrust(_ anchors: TrustAnchors?) throws(TransportError) {
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        guard let anchors else { return }
        let code = anchors.pem.withUnsafeBytes { pem in
            var blob = curl_blob(
                data: UnsafeMutableRawPointer(mutating: pem.baseAddress),
                len: pem.count,
                flags: UInt32(CURL_BLOB_COPY)
            )
            return ccurl_easy_set_blob(easy, CURLOPT_CAINFO_BLOB, &blob)
        }
        try check(code)
    }

    private func setDeadlines(
        _ request: TransportRequest,
        remaining: Duration,
        stall: Duration
    ) throws(TransportError) {
        try set(CURLOPT_TIMEOUT_MS, remaining.wholeMilliseconds)
        try set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
        try set(CURLOPT_LOW_SPEED_LIMIT, Transport.Limits.leastSpeed)
        try set(CURLOPT_LOW_SPEED_TIME, max(1, Int(stall.components.seconds)))
    }

    private func setMethod(_ request: TransportRequest) throws(TransportError) {
        if request.head.method == .head {
            try set(CURLOPT_NOBODY, 1)
            return
        }
        if request.head.method == .post || !request.body.isEmpty {
            try set(CURLOPT_POST, 1)
            try check(ccurl_easy_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
            try set(CURLOPT_POSTFIELDS, body.address)
        }
        try set(CURLOPT_CUSTOMREQUEST, request.head.method.rawValue)
    }

    /// Sends the caller's fields and none of libcurl's own beside `Host`, `Content-Length`, `User-Agent` and
    /// `Accept-Encoding`.
    private func setFields(_ headerFields: HTTPFields, userAgent: String) throws(TransportError) {
        try set(CURLOPT_USERAGENT, userAgent)
        try set(CURLOPT_ACCEPT_ENCODING, "")
        // libcurl's forms: `Name: value`; `Name;` sends a field without a value; `Name:` sends none at all.
        var lines = headerFields.map { $0.value.isEmpty ? "\($0.name.rawName);" : "\($0.name.rawName): \($0.value)" }
        lines += [HTTPField.Name.accept, .contentType, .expect].filter { headerFields[$0] == nil }.map {
            "\($0.rawName):"
        }
        for line in lines {
            guard let longer = curl_slist_append(fields, line) else { throw .outOfMemory }
            fields = longer
        }
        try check(ccurl_easy_set_list(easy, CURLOPT_HTTPHEADER, fields))
    }

    // MARK: What comes in

    private func setReception() throws(TransportError) {
        let context = Unmanaged.passUnretained(reception).toOpaque()
        try set(CURLOPT_ERRORBUFFER, errorText)
        try set(CURLOPT_WRITEDATA, context)
        try set(CURLOPT_HEADERDATA, context)
        try set(CURLOPT_PREREQDATA, context)
        try check(
            ccurl_easy_set_receiver(easy, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
                let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return CurlHandle.reception(context)?.receiveBody(piece) == true ? piece.count : 0
            }
        )
        try check(
            ccurl_easy_set_receiver(easy, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
                let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
                return CurlHandle.reception(context)?.receiveHead(line) == true ? line.count : 0
            }
        )
        try check(
            ccurl_easy_set_prerequest(easy) { context, _, _, _, _ in
                CurlHandle.reception(context)?.beginRequest()
                return CURL_PREREQFUNC_OK
            }
        )
    }

    private static func reception(_ context: UnsafeMutableRawPointer?) -> Reception? {
        context.map { Unmanaged<Reception>.fromOpaque($0).takeUnretainedValue() }
    }

    /// What came of the transfer, once libcurl is done with it.
    func answer(_ result: CURLcode, to transfer: Transfer) -> Answer {
        guard result == CURLE_OK else {
            return Answer(ending(result).failure(of: transfer.request, to: transfer.target))
        }
        // To libcurl, a connection that closes amid a head, or after an interim answer, has brought a whole answer.
        guard reception.headIsWhole, let status = long(CURLINFO_RESPONSE_CODE), 200...999 ~= status else {
            return Answer(ending(CURLE_PARTIAL_FILE).failure(of: transfer.request, to: transfer.target))
        }
        let head = HTTPResponse(status: HTTPResponse.Status(code: status), headerFields: receivedFields())
        let redirects = [301, 302, 303, 307, 308].contains(status)
        return Answer(
            .answered(head, body: reception.body),
            redirect: redirects ? text(CURLINFO_REDIRECT_URL) : nil
        )
    }

    /// Whether any of the request may have left this machine. libcurl's count alone would take a proxy's CONNECT for it.
    var requestSent: Bool { reception.requestBegan && long(CURLINFO_REQUEST_SIZE) != 0 }

    private func ending(_ result: CURLcode) -> Ending {
        var lookup: curl_off_t = 0
        let known = ccurl_easy_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T, &lookup) == CURLE_OK
        return Ending(
            result: result,
            requestSent: requestSent,
            headReceived: reception.headSize > 0,
            excess: reception.excess,
            nameResolved: !known || lookup > 0,
            proxyStatus: long(CURLINFO_HTTP_CONNECTCODE) ?? 0,
            systemError: Int32(truncatingIfNeeded: long(CURLINFO_OS_ERRNO) ?? 0),
            detail: String(cString: errorText)
        )
    }

    /// The header fields of the last answer, without trailers.
    private func receivedFields() -> HTTPFields {
        var fields = HTTPFields()
        var header = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, nil)
        while let current = header {
            if let name = HTTPField.Name(String(cString: current.pointee.name)) {
                fields.append(HTTPField(name: name, value: String(cString: current.pointee.value)))
            }
            header = curl_easy_nextheader(easy, UInt32(CURLH_HEADER), -1, current)
        }
        return fields
    }
}

// MARK: libcurl's calls

extension CurlHandle {
    private func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(ccurl_easy_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        try check(ccurl_easy_set_text(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer?) throws(TransportError) {
        try check(ccurl_easy_set_pointer(easy, option, value))
    }

    private func check(_ code: CURLcode) throws(TransportError) {
        guard code != CURLE_OK else { return }
        let text = String(cString: curl_easy_strerror(code))
        let cause = TransportError.Cause(code: code.rawValue, text: text)
        throw TransportError(.unknown, "libcurl cannot do what is asked of it: \(text)", cause: cause)
    }

    private func long(_ info: CURLINFO) -> Int? {
        var value = 0
        return ccurl_easy_get_long(easy, info, &value) == CURLE_OK ? value : nil
    }

    private func text(_ info: CURLINFO) -> String? {
        var value: UnsafePointer<CChar>?
        guard ccurl_easy_get_text(easy, info, &value) == CURLE_OK, let value else { return nil }
        return String(cString: value)
    }
}
