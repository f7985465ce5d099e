import Settings
import Testing

@Suite("Checking the configuration")
struct ConfigurationCheckTests {
    private func check(_ text: String) -> ConfigurationCheck {
        ConfigurationCheck(
            Result { () throws(SettingsErrors) in try Settings(text: text, file: "config.toml", home: nil) }
        )
    }

    @Test("A configuration that can be used is ok")
    func usable() {
        let check = check("[tokend]\nlog_level = \"debug\"")
        #expect(check.passed)
        #expect(check.output == "ok\n")
        #expect(check.warnings.isEmpty)
    }

    @Test("A warning does not make it unusable")
    func warned() {
        let check = check("[account.a]\nissuer = \"https://a.example\"\nclient_id = \"1\"\nclient_secret = \"x\"")
        #expect(check.passed)
        #expect(check.output == "ok\n")
        #expect(check.warnings.hasPrefix("config.toml:4:1: `client_secret` stands in the file in the clear"))
        #expect(check.warnings.hasSuffix("\n"))
    }

    @Test("Every error has a line of its own")
    func unusable() {
        let check = check("[tokend]\nlog_level = 1\nmin_valid = \"0s\"")
        #expect(!check.passed)
        #expect(
            check.output == """
                config.toml:2:1: `log_level`: expected a string, found an integer
                config.toml:3:1: `min_valid`: `0s` is no time at all; give at least `1s`

                """
        )
    }
}
