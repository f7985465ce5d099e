import Testing
import TokenctlCommands

@Suite("Profiles of roles") struct RoleProfilesTests {
    private func role(_ role: String, in name: String? = "Prod", _ id: String = "012345678901") -> AssignedRole {
        AssignedRole(accountID: id, accountName: name, role: role)
    }

    @Test(
        "A profile is named as its template says, in characters that need no quotes",
        arguments: [
            ("{account_name}.{role}", "Prod", "Admin", "Prod.Admin"),
            ("{account_name}.{role}", "Prod (EU) \u{2013} 1", "Admin=x,y", "Prod-EU-1.Admin-x-y"),
            ("{account_name}.{role}", nil, "Admin", "012345678901.Admin"),
            ("{account_name}.{role}", "\u{672C}\u{756A}", "Admin", "012345678901.Admin"),
            ("{account}-{account_id}-{role}", "Prod", "Admin", "corp-012345678901-Admin"),
            ("aws:{role}", "Prod", "Admin", "aws:Admin"), ("x]\n[y", "Prod", "Admin", "x-y"),
        ] as [(String, String?, String, String)]
    )
    func names(template: String, accountName: String?, role name: String, expected: String) throws {
        let template = try #require(ProfileName(template))
        #expect(template.text(for: role(name, in: accountName), of: "corp") == expected)
    }

    @Test(
        "What is no template is none",
        arguments: ["", "{", "{}", "{role", "{rolle}", "{account_name}.{Role}", "{{role}}"]
    )
    func noTemplates(template: String) { #expect(ProfileName(template) == nil) }

    @Test("The standard names are those of the help")
    func standard() {
        #expect(ProfileName.standard == ProfileName("{account_name}.{role}"))
        #expect(ProfileName.standard.defaultValueDescription == "{account_name}.{role}")
    }

    @Test("A profile calls tokenctl for its role, and for the socket that was named")
    func process() throws {
        var profiles = RoleProfiles(account: "corp", executable: "/home/me/.local/bin/tokenctl", region: "eu-west-1")
        let plain = try #require(try profiles.profiles(for: [role("Admin")]).first)
        #expect(
            plain.credentialProcess == "/home/me/.local/bin/tokenctl aws credentials corp"
                + " --account-id 012345678901 --role Admin"
        )
        #expect(plain.region == "eu-west-1")
        profiles.executable = "/opt/my tools/tokenctl"
        profiles.socketPath = "/run/it's/s"
        let quoted = try #require(try profiles.profiles(for: [role("Admin Role+x")]).first)
        #expect(
            quoted.credentialProcess == "'/opt/my tools/tokenctl' aws credentials corp"
                + " --account-id 012345678901 --role 'Admin Role+x' --socket '/run/it'\\''s/s'"
        )
    }

    @Test("Two roles of one name are told apart by the person, and a name from outside cannot break the file")
    func refusals() throws {
        let profiles = RoleProfiles(account: "corp", executable: "/t")
        let twins = [role("Admin"), role("Admin", in: "Prod", "999999999999")]
        #expect(
            try #require(throws: CommandFailure.self) { try profiles.profiles(for: twins) }.status == .configuration
        )
        let hostile = [role("x\n[profile default]\ncredential_process=/evil")]
        #expect(try #require(throws: CommandFailure.self) { try profiles.profiles(for: hostile) }.status == .issuer)
        let nameless = [role("\u{672C}")]
        let bare = RoleProfiles(account: "corp", executable: "/t", name: try #require(ProfileName("{role}")))
        #expect(throws: CommandFailure.self) { try bare.profiles(for: nameless) }
    }

    @Test(
        "Words are quoted where a shell would split or change them, and nowhere else",
        arguments: [
            (["a", "b_-+=,.@%:/9"], "a b_-+=,.@%:/9"), (["a b"], "'a b'"), ([""], "''"), (["it's"], "'it'\\''s'"),
            (["~", "$x", "#", "*", "\\", "\u{E4}"], "'~' '$x' '#' '*' '\\' '\u{E4}'"),
        ]
    )
    func quoting(words: [String], line: String) { #expect(CommandLineText.joined(words) == line) }

    @Test("Tables name the AWS accounts where their names are known")
    func tables() {
        #expect(
            AWSTables.roles([role("Admin"), role("R", in: nil, "2")]).lines(style: .plain) == [
                "AWS ACCOUNT   NAME  ROLE", "012345678901  Prod  Admin", "2             -     R",
            ]
        )
        #expect(AWSTables.roles([role("R", in: nil)]).lines(style: .plain)[1] == "012345678901  R")
    }
}
