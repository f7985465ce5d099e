/// Why a request got no answer.
///
/// No part of it quotes a path, a query, a user name or password, a header field or a body.
package struct TransportError: Error, Sendable, Hashable {
    /// What went wrong, as the word that users see.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        /// The host's name could not be resolved.
        case dns
        /// No connection to the host.
        case connect
        /// The proxy is unusable, or refused to connect.
        case proxy
        /// No trusted connection: the handshake failed, the certificate is not good, or the CA file is not.
        case tls
        /// A deadline passed.
        case timeout
        /// The answer is larger than accepted.
        case tooLarge = "too_large"
        /// The answer broke off.
        case truncated
        /// The connection ended, or was reset, without a byte of an answer.
        case noAnswer = "no_answer"
        /// What came is not HTTP, or breaks its rules.
        case notHTTP = "not_http"
        /// The task was cancelled, or the transport is shut down.
        case cancelled
        /// The request may not be sent as it is.
        case invalidRequest = "invalid_request"
        /// libcurl failed in a way of its own.
        case unknown
    }

    /// What libcurl reported.
    package struct Cause: Sendable, Hashable {
        /// A `CURLcode`.
        package var code: UInt32
        package var text: String
    }

    package var code: Code
    /// What happened and what mends it.
    package var message: String
    /// `nil` when the transport itself found the fault.
    package var cause: Cause?

    package init(_ code: Code, _ message: String, cause: Cause? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }
}

extension TransportError {
    /// The task that waited was cancelled.
    static let cancelled = TransportError(.cancelled, "the request was cancelled")
    /// The transport ends, or has ended.
    static let shutDown = TransportError(.cancelled, "the request was given up, because the program is ending")
    static let outOfMemory = TransportError(.unknown, "out of memory")
}

extension TransportError: CustomStringConvertible {
    package var description: String { message }
}
