import FoundationEssentials
import IdentityCenter
import OAuth
import Testing

/// What botocore 1.43 makes of a pair of files. `DaemonTests/third-party/botocore.sh files` compares it with the one of
/// today.
struct AWSFilesVector: Decodable, Sendable, CustomTestStringConvertible {
    /// A value of botocore's: text, or a block of further keys, which nobody here asks for.
    enum Value: Decodable, Sendable {
        case text(String)
        case block

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = (try? container.decode(String.self)).map(Value.text) ?? .block
        }
    }

    var name: String
    var config: String?
    var credentials: String?
    var profiles: [String: [String: Value]]?
    var ssoSessions: [String: [String: Value]]?
    /// The line that is wrong, where botocore refuses the file.
    var brokenLine: Int?

    static let all = Result {
        try JSONDecoder().decode([AWSFilesVector].self, from: Data(PackageResources.aws_files_json))
    }

    var testDescription: String { name }

    func files() throws(ProfileFile.Unreadable) -> AWSFiles {
        func file(_ text: String?, _ path: String) throws(ProfileFile.Unreadable) -> ProfileFile? {
            guard let text else { return nil }
            return try ProfileFile(Array(text.utf8), path: path)
        }
        return AWSFiles(config: try file(config, "config"), credentials: try file(credentials, "credentials"))
    }
}

@Suite("AWS's files") struct AWSFilesTests {
    private static let canary = "canary0123456789"

    @Test("there is a table of botocore's readings")
    func vectors() throws {
        #expect(try AWSFilesVector.all.get().count > 50)
    }

    @Test("are read as botocore reads them", arguments: (try? AWSFilesVector.all.get()) ?? [])
    func botocore(_ vector: AWSFilesVector) throws {
        guard let profiles = vector.profiles, let ssoSessions = vector.ssoSessions else {
            let error = #expect(throws: ProfileFile.Unreadable.self) { try vector.files() }
            #expect(error?.line == vector.brokenLine)
            return
        }
        let files = try vector.files()
        #expect(Set(files.profiles.keys) == Set(profiles.keys))
        #expect(Set(files.ssoSessions.keys) == Set(ssoSessions.keys))
        for (name, values) in profiles {
            let profile = try #require(files.profiles[name])
            expect(profile.all, values)
        }
        for (name, values) in ssoSessions {
            let section = try #require(files.ssoSessions[name])
            expect(section, values)
        }
    }

    private func expect(_ section: ProfileSection, _ values: [String: AWSFilesVector.Value]) {
        for (key, value) in values {
            switch value {
            case .text(let text):
                #expect(section[key] == text || section.secret(key) == Secret(text), "\(key)")
            case .block:
                #expect(!section.has(key))
            }
        }
    }

    @Test("that are not UTF-8 are refused at the line where that begins")
    func notUTF8() {
        let bytes = Array("[default]\r\na = 1\r\nb = ".utf8) + [0xFF, 0x0A]
        let error = #expect(throws: ProfileFile.Unreadable.self) { try ProfileFile(bytes, path: "/home/x/.aws/config") }
        #expect(error?.description.hasPrefix("/home/x/.aws/config, line 3: ") == true)
    }

    @Test(
        "do not show in an error what may be a secret",
        arguments: [
            "[default]\n\(canary)\n", "\(canary) = 1\n", "[default]\na = \(canary)\na = \(canary)\n",
            "[\(canary)]\n[\(canary)]\n", "[default]\n\(canary) = 1\n\(canary) = 2\n", "[default]\ns3 =\n  \(canary)\n",
        ]
    )
    func silent(text: String) {
        let error = #expect(throws: ProfileFile.Unreadable.self) { try ProfileFile(Array(text.utf8), path: "config") }
        #expect(error.map { "\($0) \(String(reflecting: $0))" }?.contains(Self.canary) == false)
    }

    @Test("do not show the keys that they hold")
    func redacted() throws {
        let text = "[default]\naws_secret_access_key = \(Self.canary)\naws_session_token = \(Self.canary)\n"
        let file = try ProfileFile(Array(text.utf8), path: "credentials")
        let files = AWSFiles(config: nil, credentials: file)
        var dumped = ""
        dump(files, to: &dumped)
        #expect(!"\(files)\(dumped)".contains(Self.canary))
        #expect(files.profiles["default"]?.all.secret("aws_secret_access_key") == Secret(Self.canary))
    }

    private static let places = """
        [profile b-old]
        sso_start_url = https://old.awsapps.com/start
        sso_region = eu-west-1
        sso_account_id = 001234567890
        sso_role_name = Reader
        [profile a-old]
        sso_start_url = https://old.awsapps.com/start
        sso_region = eu-west-1
        [profile same-as-corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = us-east-1
        [profile new]
        sso_session = corp
        sso_account_id = 001234567890
        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        sso_region = us-east-1
        sso_registration_scopes = sso:account:access , codewhisperer:completions,
        [sso-session broken]
        sso_region = us-east-1
        [sso-session "after all"]
        sso_start_url = https://d-1234567890.awsapps.com/start#/
        sso_region = us-west-2
        """

    private static func files() throws -> AWSFiles {
        AWSFiles(config: try ProfileFile(Array(places.utf8), path: "config"), credentials: nil)
    }

    @Test("give the sso-session of a name, with its scopes")
    func session() throws {
        let session = try Self.files().ssoSession("corp")
        #expect(session.startURL == "https://corp.awsapps.com/start")
        #expect(session.region == "us-east-1")
        #expect(session.scopes == ["sso:account:access", "codewhisperer:completions"])
        #expect(!session.isLegacy)
        #expect(try Self.files().ssoSession("after all").scopes.isEmpty)
    }

    @Test(
        "say what is missing of an sso-session, and what mends it",
        arguments: [
            ("broken", "[sso-session broken] of the AWS configuration has no sso_start_url; add it there"),
            (
                "new",
                "the AWS configuration has no section [sso-session new]; make one by running: aws configure sso-session"
            ),
        ]
    )
    func incomplete(name: String, message: String) throws {
        let files = try Self.files()
        let error = #expect(throws: SSOSession.Incomplete.self) { try files.ssoSession(name) }
        #expect(error?.description == message)
    }

    @Test("list every place to log in to once, the sessions before the profiles of the older form")
    func all() throws {
        let sessions = try Self.files().allSSOSessions
        #expect(sessions.map(\.name) == ["after all", "corp", "a-old"])
        #expect(sessions.map(\.isLegacy) == [false, false, true])
        #expect(sessions.first?.startURL == "https://d-1234567890.awsapps.com/start#/")
    }
}
