import Testing
import TokenctlCommands

@Suite("AWS's configuration file") struct ConfigFileTests {
    private let mark = "# Written by \"tokenctl aws configure corp\", which will replace credential_process and region."

    private func profile(_ name: String, region: String? = nil) -> ConfigProfile {
        ConfigProfile(name: name, credentialProcess: "/bin/tokenctl aws credentials corp \(name)", region: region)
    }

    /// What a file becomes.
    private func written(
        _ profiles: [ConfigProfile],
        to text: String,
        account: String = "corp",
        force: Bool = false
    ) throws -> (text: String, changes: ConfigFile.Changes) {
        var file = ConfigFile(text)
        let changes = try file.write(profiles, for: account, force: force)
        return (file.text, changes)
    }

    @Test(
        "A text that nothing is written into stays as it is, to the byte",
        arguments: [
            "", "\n", "\n\n", "[default]", "[default]\nregion = eu-west-1", "# only a comment\n",
            "[default]\r\nregion=eu-west-1\r\n\r\n; end\r\n", "stray\n[x]\n\n[profile \"a b\"]\ns3 =\n  x = 1\n\n\n",
        ]
    )
    func untouched(text: String) throws {
        #expect(ConfigFile(text).text == text)
        #expect(try written([], to: text).text == text)
    }

    @Test("A new file has the profiles with their credential_process, and no sso_ keys beside it")
    func new() throws {
        let (text, changes) = try written([profile("a", region: "eu-west-1"), profile("default")], to: "")
        #expect(
            text == """
                [profile a]
                \(mark)
                credential_process = /bin/tokenctl aws credentials corp a
                region = eu-west-1

                [default]
                \(mark)
                credential_process = /bin/tokenctl aws credentials corp default

                """
        )
        #expect(changes.added == ["a", "default"])
        #expect(!text.contains("sso_"))
    }

    /// A file with all that a person may have in one.
    private let lived = """
        # mine
        [default]
        region = us-east-1
        s3 =
          max_concurrent_requests = 20

        [sso-session corp]
        sso_start_url = https://corp.awsapps.com/start
        unknown_key: x ; y

        ; about b
        [profile b]
        output=json
        """

    @Test(
        "What others wrote stays before what is added, and a second run changes nothing",
        arguments: ["", "\n", "\n\n"]
    )
    func kept(end: String) throws {
        let (text, changes) = try written([profile("a")], to: lived + end)
        #expect(text.hasPrefix(lived + "\n\n[profile a]\n"))
        #expect(changes.added == ["a"])
        let (again, none) = try written([profile("a")], to: text)
        #expect(again == text)
        #expect(none == ConfigFile.Changes())
    }

    @Test("A profile that we wrote is updated in its place, and what was added to it stays")
    func updated() throws {
        let text = """
            [profile a]
            # mine
            \(mark)
            credential_process = /old
            Region = us-east-1
            output = json
            s3 =
              x = 1

            # about z
            [profile z]
            x = 1

            """
        let (new, changes) = try written([profile("a", region: "eu-west-1")], to: text)
        #expect(
            new == """
                [profile a]
                \(mark)
                credential_process = /bin/tokenctl aws credentials corp a
                region = eu-west-1
                # mine
                output = json
                s3 =
                  x = 1

                # about z
                [profile z]
                x = 1

                """
        )
        #expect(changes.changed == ["a"])
        #expect(try written([profile("a", region: "eu-west-1")], to: new).text == new)
    }

    @Test("Without a region the profile's own stays")
    func region() throws {
        let (text, _) = try written([profile("a", region: "eu-west-1")], to: "")
        let (again, changes) = try written([profile("a")], to: text)
        #expect(again == text)
        #expect(changes == ConfigFile.Changes())
    }

    @Test(
        "A profile whose role is gone is taken out, and the file is what it was before",
        arguments: ["", "\n", "\n\n"]
    )
    func removed(end: String) throws {
        let before = try written([profile("a")], to: lived + end).text
        let (with, _) = try written([profile("a"), profile("b2"), profile("c")], to: before)
        let (without, changes) = try written([profile("a")], to: with)
        #expect(without == before)
        #expect(changes.removed == ["b2", "c"])
    }

    @Test("Of a profile whose role is gone, what others added to it stays")
    func removedInPart() throws {
        let text = "[profile a]\n\(mark)\ncredential_process = x\nregion = r\noutput = json\n\n# about z\n[profile z]\n"
        let (partly, changes) = try written([], to: text)
        #expect(partly == "[profile a]\nregion = r\noutput = json\n\n# about z\n[profile z]\n")
        #expect(changes.removed == ["a"])
        let (wholly, _) = try written([], to: text.replacing("output = json\n", with: ""))
        #expect(wholly == "\n# about z\n[profile z]\n")
    }

    @Test("Profiles that were written for another account are not ours")
    func otherAccount() throws {
        let (text, _) = try written([profile("a")], to: "", account: "other")
        #expect(try written([], to: text).text == text)
        #expect(throws: CommandFailure.self) { try written([profile("a")], to: text) }
    }

    @Test(
        "A profile that others wrote is not replaced, and nothing else is written then",
        arguments: [
            "[profile a]\noutput = json\n", "[profile \"a\"]\n", "[ profile\ta ]\r\nx = 1\r\n", "[profile a] # mine\n",
        ]
    )
    func refused(text: String) throws {
        var file = ConfigFile(text)
        let failure = try #require(throws: CommandFailure.self) {
            try file.write([profile("new"), profile("a")], for: "corp", force: false)
        }
        #expect(failure.status == .configuration)
        #expect(failure.message.contains(": a;"))
        #expect(file.text == text)
    }

    @Test(
        "Nor is one that we wrote and that has other credentials now, which would win",
        arguments: [
            "sso_account_id = 1", "sso_role_name=R", "role_arn = arn:x", "SSO_Role_Name = R",
        ]
    )
    func rivals(line: String) throws {
        let text = "[profile a]\n\(mark)\ncredential_process = x\n\(line)\n"
        #expect(throws: CommandFailure.self) { try written([profile("a")], to: text) }
        #expect(try !written([profile("a")], to: text, force: true).text.contains(line))
    }

    @Test("By force a profile of others is replaced, but not the comments on the next one")
    func forced() throws {
        let text = "[profile \"a\"]\n# old\nsso_account_id = 1\ns3 =\n  x = 1\n\n# about z\n[profile z]\nx = 1\n"
        let (new, changes) = try written([profile("a")], to: text, force: true)
        #expect(
            new == """
                [profile a]
                \(mark)
                credential_process = /bin/tokenctl aws credentials corp a

                # about z
                [profile z]
                x = 1

                """
        )
        #expect(changes.changed == ["a"])
    }

    @Test("Sections that only look like profiles are none")
    func lookalikes() throws {
        let text = "[profiles a]\n[profilea]\n[sso-session a]\n[a]\n"
        #expect(try written([profile("a")], to: text).text.hasPrefix(text + "\n[profile a]\n"))
    }

    @Test("The changes are told in words, with no more names than a line can bear")
    func summary() {
        var changes = ConfigFile.Changes()
        #expect(changes.summary == "no profile changes")
        changes.added = ["a", "b"]
        changes.removed = ["1", "2", "3", "4", "5", "6", "7"]
        #expect(changes.summary == "added a, b; removed 1, 2, 3, 4, 5 and 2 more")
    }
}
