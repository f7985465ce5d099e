import CCurl
import Glibc

/// The system's certificate authorities and those of a file of the user's, as one PEM text.
///
/// libcurl takes one bundle; giving it the user's file alone would drop the system's where that is a file, not a folder.
package struct TrustAnchors: Sendable {
    /// A system's whole bundle has about 220 KB.
    private static let maximumSize = 4 * 1024 * 1024

    package let pem: [UInt8]

    /// Reads the file, and the system's bundle where libcurl was built to use one.
    ///
    /// - Throws: `tls` when the file cannot be read or holds no certificate.
    package init(file path: String) throws(TransportError) {
        let own = try Self.contents(of: path)
        guard Self.holdsCertificate(own) else {
            throw TransportError(.tls, "ca_file \(path) holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")
        }
        // A system bundle that is missing is no fault: the user's own anchors are enough for the issuer they are for.
        let system = curl_version_info(CURLVERSION_SEVENTH)?.pointee.cainfo.map { String(cString: $0) }
        let shared = system.flatMap { try? Self.contents(of: $0) } ?? []
        pem = shared + [UInt8(ascii: "\n")] + own
    }

    /// Whether there is anything that looks like a certificate. OpenSSL passes over what does not, in silence.
    static func holdsCertificate(_ pem: [UInt8]) -> Bool {
        let text = String(decoding: pem, as: UTF8.self)
        return text.split(whereSeparator: \.isNewline).contains { line in
            line.hasPrefix("-----BEGIN CERTIFICATE-----") || line.hasPrefix("-----BEGIN TRUSTED CERTIFICATE-----")
        }
    }

    private static func contents(of path: String) throws(TransportError) -> [UInt8] {
        // Not blocking, so that a named pipe is refused below instead of waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TransportError(.tls, "ca_file \(path) is not a regular file")
        }
        guard status.st_size <= maximumSize else {
            throw TransportError(.tls, "ca_file \(path) is larger than 4 MiB; give it the certificates that are needed")
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: filled), $0.count - filled)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw unreadable(path, errno) }
            if count == 0 { break }
            filled += count
        }
        return Array(bytes.prefix(filled))
    }

    private static func unreadable(_ path: String, _ error: Int32) -> TransportError {
        TransportError(.tls, "ca_file \(path) cannot be read: \(String(cString: strerror(error)))")
    }
}
