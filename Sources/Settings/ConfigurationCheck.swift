/// What `tokend --check-config` says about a configuration.
package struct ConfigurationCheck: Sendable, Hashable {
    /// Whether the daemon could run with it.
    package let passed: Bool
    /// For standard output: `ok`, or every error on a line of its own; ends with a newline.
    package let output: String
    /// For standard error: every warning on a line of its own, or nothing.
    package let warnings: String

    /// Puts the outcome of a reading into words.
    package init(_ outcome: Result<Settings, SettingsErrors>) {
        switch outcome {
        case .success(let settings):
            passed = true
            output = "ok\n"
            warnings = Self.lines(settings.warnings)
        case .failure(let failure):
            passed = false
            output = Self.lines(failure.errors)
            warnings = Self.lines(failure.warnings)
        }
    }

    private static func lines(_ diagnostics: [Diagnostic]) -> String {
        diagnostics.map { "\($0)\n" }.joined()
    }
}
