import HTTPTypes
package import OAuth

// The operations of AWS's Security Token Service (version 2011-06-15) that turn something into the credentials of a
// role: a form goes in, XML comes out.

extension AssumedRole {
    /// `AssumeRole`, signed with other credentials for the moment that AWS's clock shows.
    package func request(signedWith credentials: SigningCredentials, at now: Instant) -> EndpointRequest {
        var form = form(of: "AssumeRole")
        if let externalID { form.append("ExternalId", externalID) }
        return SigV4(credentials: credentials, region: endpoint.region.name, service: "sts").sign(post(form), at: now)
    }

    /// `AssumeRoleWithWebIdentity`, which needs no signature.
    package func request(webIdentity token: Secret) -> EndpointRequest {
        var form = form(of: "AssumeRoleWithWebIdentity")
        form.append("WebIdentityToken", token)
        return post(form)
    }

    private func form(of action: String) -> Form {
        var form = Form()
        form.append("Action", action)
        form.append("Version", "2011-06-15")
        form.append("RoleArn", arn)
        form.append("RoleSessionName", sessionName)
        if let duration { form.append("DurationSeconds", String(duration)) }
        return form
    }

    private func post(_ form: Form) -> EndpointRequest {
        var head = endpoint.head(.post, "/")
        head.headerFields[.accept] = nil
        head.headerFields[.contentType] = "application/x-www-form-urlencoded; charset=utf-8"
        return EndpointRequest(head: head, body: form.bytes)
    }
}

extension SigningCredentials {
    /// Reads STS's answer to either operation.
    package init(sts reply: EndpointReply) throws(NoCredentials) {
        let answer = FlatXML(reply.body)
        guard reply.head.status == .ok else {
            let code = answer["Code"] ?? "HTTP status \(reply.head.status.code)"
            let words = [code, answer["Message"]].compactMap { $0?.displayable() }
            throw NoCredentials("refuses: \(words.joined(separator: ": "))", retryAfter: reply.retryAfter)
        }
        try self.init(
            accessKeyID: answer["AccessKeyId"],
            secretAccessKey: answer["SecretAccessKey"],
            sessionToken: answer["SessionToken"],
            expiration: answer["Expiration"].map { .present($0) } ?? .absent,
            at: reply.sentAt
        )
    }
}

/// An XML document of which only the elements that hold nothing but text are of interest, and each by its name alone.
struct FlatXML: Sendable {
    private let pieces: [Substring]

    init(_ bytes: [UInt8]) {
        pieces = String(decoding: bytes, as: UTF8.self).split(separator: "<", omittingEmptySubsequences: false)
    }

    /// The text of the first element of a name, whatever its namespace is.
    subscript(name: String) -> String? {
        for piece in pieces.dropFirst() {
            guard let end = piece.firstIndex(of: ">") else { continue }
            let tag = piece[..<end]
            let qualified = tag.prefix { !$0.isWhitespace && $0 != "/" }
            guard qualified.split(separator: ":").last.map(String.init) == name else { continue }
            return Self.text(piece[end...].dropFirst())
        }
        return nil
    }

    /// Resolves the references that every XML document may have.
    private static func text(_ escaped: Substring) -> String {
        var text = ""
        var rest = escaped
        while let start = rest.firstIndex(of: "&"), let end = rest[start...].firstIndex(of: ";") {
            text += rest[..<start]
            let name = rest[start..<end].dropFirst()
            text += character(name).map(String.init) ?? String(rest[start...end])
            rest = rest[end...].dropFirst()
        }
        return text + rest
    }

    private static func character(_ name: Substring) -> Character? {
        switch name {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
            guard name.hasPrefix("#"), let number else { return nil }
            return Unicode.Scalar(number).map(Character.init)
        }
    }
}
