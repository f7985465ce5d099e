/// The whole configuration, checked. It is made once, from one text, and never changes; a reload makes another.
package struct Settings: Sendable, Equatable {
    /// How long before its end a token is renewed; a third of its lifetime, if that is less.
    package let refreshMargin: Duration
    /// The least remaining lifetime that a reader gets unless it asks otherwise.
    package let minValid: Duration
    /// The lifetime of tokens whose issuer does not say it.
    package let assumedLifetime: Duration
    package let logLevel: LogLevel
    /// In the order of the file.
    package let accounts: [AccountSettings]
    /// What is allowed and unwise, in the order of the file.
    package let warnings: [Diagnostic]

    package init(
        refreshMargin: Duration = .seconds(20 * 60),
        minValid: Duration = .seconds(60),
        assumedLifetime: Duration = .seconds(5 * 60),
        logLevel: LogLevel = .info,
        accounts: [AccountSettings] = [],
        warnings: [Diagnostic] = []
    ) {
        self.refreshMargin = refreshMargin
        self.minValid = minValid
        self.assumedLifetime = assumedLifetime
        self.logLevel = logLevel
        self.accounts = accounts
        self.warnings = warnings
    }

    /// The settings of those who have no configuration: all defaults, no account.
    package static let empty = Settings()
}

/// From which severity on messages are logged.
package enum LogLevel: String, Sendable, Hashable, CaseIterable {
    case trace
    case debug
    case info
    case notice
    case warning
    case error
}

/// The keys of `[tokend]`.
private enum TokendKeys {
    static let refreshMargin = Key("refresh_margin", ValueForm.duration, "how long before its end a token is renewed")
    static let minValid = Key("min_valid", ValueForm.duration, "the least remaining lifetime that a reader gets")
    static let assumedLifetime = Key(
        "assumed_lifetime",
        ValueForm.duration,
        "the lifetime of tokens whose issuer does not say it"
    )
    static let logLevel = Key(
        "log_level",
        ValueForm<LogLevel>.word("log level"),
        "from which severity on messages are logged"
    )

    static let all: [any DeclaredKey] = [refreshMargin, minValid, assumedLifetime, logLevel]
}

extension Settings {
    /// Reads a configuration.
    ///
    /// `file` is its path as messages name it; `home` is the absolute path that `~` stands for, `nil` where it has no
    /// meaning; `aws` is what AWS's own tools know.
    ///
    /// - Throws: everything that is wrong with it, not just the first. A text that is not TOML has one error.
    package init(
        text: String,
        file: String,
        home: String?,
        aws: AWSContext = AWSContext()
    ) throws(SettingsErrors) {
        let document: Document
        do {
            document = try Document(text)
        } catch {
            throw SettingsErrors([
                Diagnostic(file: file, position: error.position, message: "syntax error: " + error.message)
            ])
        }
        var reading = Reading(file: file, home: home, aws: aws)
        var tokend = Table(name: "tokend", position: .start, entries: [])
        var accounts: [AccountSettings] = []
        for entry in document.entries {
            switch entry.key {
            case "tokend": tokend = reading.table(entry, named: entry.key) ?? tokend
            case "account":
                guard let table = reading.table(entry, named: entry.key) else { continue }
                accounts = table.entries.compactMap { AccountSettings($0, &reading) }
            default:
                reading.fail(
                    at: entry.position,
                    Self.strangeness(of: entry) + suggestion(for: entry.key, among: ["tokend", "account"])
                )
            }
        }
        reading.refuseUnknownKeys(in: tokend, known: TokendKeys.all)
        checkFeeders(accounts, in: document, &reading)
        let defaults = Settings.empty
        self.init(
            refreshMargin: reading.value(of: TokendKeys.refreshMargin, in: tokend) ?? defaults.refreshMargin,
            minValid: reading.value(of: TokendKeys.minValid, in: tokend) ?? defaults.minValid,
            assumedLifetime: reading.value(of: TokendKeys.assumedLifetime, in: tokend) ?? defaults.assumedLifetime,
            logLevel: reading.value(of: TokendKeys.logLevel, in: tokend) ?? defaults.logLevel,
            accounts: accounts,
            warnings: reading.warnings
        )
        guard reading.errors.isEmpty else { throw SettingsErrors(reading.errors, warnings: reading.warnings) }
    }

    /// What an entry is that stands at the top of the document and is not known there.
    private static func strangeness(of entry: Entry) -> String {
        if case .table = entry.value { return "unknown table [\(entry.key)]" }
        return "unknown key `\(entry.key)` outside of a table"
    }
}
