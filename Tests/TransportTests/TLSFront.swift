import Glibc

/// A folder of a test's own, removed with what is in it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/transport-tests.XXXXXX\0".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemFailure(errno) }
        path = String(decoding: template.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        guard let folder = opendir(path) else { return }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(folder)
        rmdir(path)
    }

    /// Writes a file into it.
    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFailure(errno) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemFailure(errno) }
        return file
    }
}

/// A certificate authority of a test's own, and servers' certificates from it, by the `openssl` command.
struct Authority {
    let folder: TemporaryFolder
    /// The authority's own certificate: what goes into `ca_file`.
    let certificate: String

    init() async throws {
        folder = try TemporaryFolder()
        certificate = "\(folder.path)/ca.pem"
        try await Program.run(
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=Test Authority",
            "-keyout",
            "\(folder.path)/ca.key",
            "-out",
            certificate
        )
    }

    /// Issues a certificate, with `days` of life from now.
    func issue(for names: String, days: Int = 2) async throws -> (certificate: String, key: String) {
        let base = "\(folder.path)/server"
        try await Program.run(
            "openssl",
            "req",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-subj",
            "/CN=server",
            "-addext",
            "subjectAltName=\(names)",
            "-keyout",
            "\(base).key",
            "-out",
            "\(base).csr"
        )
        try await Program.run(
            "openssl",
            "x509",
            "-req",
            "-in",
            "\(base).csr",
            "-CA",
            certificate,
            "-CAkey",
            "\(folder.path)/ca.key",
            "-copy_extensions",
            "copy",
            "-days",
            "\(days)",
            "-out",
            "\(base).pem"
        )
        return ("\(base).pem", "\(base).key")
    }
}

/// TLS before a plain server, by stunnel.
struct TLSFront {
    let port: UInt16
    private let stunnel: Program

    init(_ authority: Authority, names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 2, to port: UInt16)
        async throws
    {
        let (certificate, key) = try await authority.issue(for: names, days: days)
        let configuration = """
            foreground = yes
            pid =
            debug = info
            [front]
            accept = 127.0.0.1:0
            connect = 127.0.0.1:\(port)
            cert = \(certificate)
            key = \(key)

            """
        let file = try authority.folder.write(configuration, to: "stunnel.conf")
        let stunnel = try Program("stunnel4", [file])
        self.stunnel = stunnel
        let marker = "bound to 127.0.0.1:"
        let text = try await onThread { stunnel.errorText(upTo: marker) }
        guard let place = text.firstRange(of: marker),
            let port = UInt16(text[place.upperBound...].prefix(while: \.isNumber))
        else { throw ProgramFailure(description: text) }
        self.port = port
    }
}
