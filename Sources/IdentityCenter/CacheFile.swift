import Crypto
import FoundationEssentials
package import OAuth

/// A token file of `~/.aws/sso/cache`, which AWS's CLI and SDKs read and write.
package struct CacheFile: Sendable, Hashable {
    package var startURL: String
    package var region: String
    package var accessToken: Secret
    /// When the access token ends: time since 1970, in whole seconds.
    package var expiresAt: Duration
    /// With its registration, who reads the file can renew the token too.
    package var refreshToken: Secret?
    /// The client that the refresh token was issued to.
    package var client: ClientRegistration?

    /// Takes the values; fractions of a second are cut off from the end, so that nothing is promised for too long.
    package init(
        startURL: String,
        region: String,
        accessToken: Secret,
        expiresAt: Duration,
        refreshToken: Secret? = nil,
        client: ClientRegistration? = nil
    ) {
        self.startURL = startURL
        self.region = region
        self.accessToken = accessToken
        self.expiresAt = .seconds(expiresAt.wholeSeconds)
        self.refreshToken = refreshToken
        self.client = client
    }

    /// How much of a login its file shows.
    package enum Mode: Sendable, Hashable {
        /// The access token alone: who reads it can use the login and not disturb it.
        case `private`
        /// Everything: who reads it can go on without us.
        case shared
    }

    /// The file as a mode shows it.
    package func shown(_ mode: Mode) -> CacheFile {
        guard mode == .private else { return self }
        var file = self
        file.refreshToken = nil
        file.client = nil
        return file
    }

    /// Whether both are of one login at AWS, as far as they say.
    func isOfSameLogin(as other: CacheFile) -> Bool {
        [(startURL, other.startURL), (region, other.region)].allSatisfy { $0 == $1 || $0.isEmpty || $1.isEmpty }
    }

    /// The name of the file of an `sso-session`.
    package static func name(session: String) -> String { name(of: session) }

    /// The name of the file of a start URL, which counts byte for byte: `/start` and `/start/` are two.
    package static func name(startURL: String) -> String { name(of: startURL) }

    private static func name(of text: String) -> String {
        Insecure.SHA1.hash(data: Array(text.utf8)).hexadecimal + ".json"
    }
}

// MARK: - The form

extension CacheFile {
    /// Reads a file, whoever wrote it; `nil` when it is no token file, as a registration's is not.
    package init?(_ bytes: [UInt8]) {
        guard let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(bytes)),
            let accessToken = members.text(.accessToken),
            let expiresAt = members.text(.expiresAt).flatMap(AWSDate.init)?.wall
        else { return nil }
        self.init(
            startURL: members.text(.startURL) ?? "",
            region: members.text(.region) ?? "",
            accessToken: Secret(accessToken),
            expiresAt: expiresAt,
            refreshToken: members.text(.refreshToken).map { Secret($0) },
            client: members.text(.clientID).map { clientID in
                ClientRegistration(
                    clientID: clientID,
                    clientSecret: members.text(.clientSecret).map { Secret($0) },
                    expiresAt: members.text(.registrationExpiresAt).flatMap(AWSDate.init)?.wall
                )
            }
        )
    }

    /// The bytes of the file, which hold secrets. What others have put into the file beside the members of a token file
    /// stays in it.
    package func bytes(replacing old: [UInt8]? = nil) throws -> [UInt8] {
        let found = old.flatMap { try? JSONDecoder().decode([String: JSONValue].self, from: Data($0)) } ?? [:]
        var members = found.filter { Key(rawValue: $0.key) == nil }
        func put(_ key: Key, _ text: String?) { members[key.rawValue] = text.map(JSONValue.string) }
        put(.startURL, startURL)
        put(.region, region)
        put(.accessToken, accessToken.revealText())
        put(.expiresAt, Self.text(expiresAt))
        put(.refreshToken, refreshToken?.revealText())
        put(.clientID, client?.clientID)
        put(.clientSecret, client?.clientSecret?.revealText())
        put(.registrationExpiresAt, client?.expiresAt.map(Self.text))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(members))
    }

    /// The members of a token file.
    fileprivate enum Key: String {
        case startURL = "startUrl"
        case region
        case accessToken
        case expiresAt
        case refreshToken
        case clientID = "clientId"
        case clientSecret
        case registrationExpiresAt
    }

    /// The one form that every SDK reads: `2026-11-23T03:29:44Z`.
    private static func text(_ time: Duration) -> String {
        Date(timeIntervalSince1970: Double(time.wholeSeconds)).formatted(.iso8601)
    }
}

extension [String: JSONValue] {
    /// A member that is text, and not empty.
    fileprivate func text(_ key: CacheFile.Key) -> String? {
        guard case .string(let text)? = self[key.rawValue], !text.isEmpty else { return nil }
        return text
    }
}

/// Any JSON, kept as it is.
private enum JSONValue: Codable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let bool = try? container.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? container.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? container.decode(Double.self) {
            self = .number(number)
        } else if let string = try? container.decode(String.self) {
            self = .string(string)
        } else if let array = try? container.decode([JSONValue].self) {
            self = .array(array)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .string(let string): try container.encode(string)
        case .array(let array): try container.encode(array)
        case .object(let object): try container.encode(object)
        }
    }
}
