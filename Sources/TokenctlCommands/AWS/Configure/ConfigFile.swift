/// The text of AWS's configuration file, in which profiles are written without touching what others wrote: comments,
/// order, unknown sections and settings all stay.
package struct ConfigFile: Sendable, Hashable {
    /// What happened to the profiles, by name.
    package struct Changes: Sendable, Hashable {
        package var added: [String] = []
        package var changed: [String] = []
        package var removed: [String] = []

        package init() {}

        /// In words, with as many names as a line can bear.
        package var summary: String {
            let kinds = [(added, "added"), (changed, "changed"), (removed, "removed")].filter { !$0.0.isEmpty }
            if kinds.isEmpty { return "no profile changes" }
            return kinds.map { names, verb in
                let more = names.count > Self.named ? " and \(names.count - Self.named) more" : ""
                return "\(verb) \(names.prefix(Self.named).joined(separator: ", "))\(more)"
            }
            .joined(separator: "; ")
        }

        private static var named: Int { 5 }
    }

    /// Before the first section.
    private var preface: [String] = []
    private var sections: [ConfigSection] = []
    private var endsWithNewline = true

    /// Reads a file; any text is one.
    package init(_ text: String) {
        // By scalars: for `Character` a carriage return and the newline after it are one.
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if lines.last == "" { lines.removeLast() } else { endsWithNewline = false }
        for line in lines {
            if line.isHead {
                sections.append(ConfigSection(head: line, body: []))
            } else if sections.isEmpty {
                preface.append(line)
            } else {
                sections[sections.count - 1].body.append(line)
            }
        }
    }

    /// The text, which is what was read as long as nothing is changed.
    package var text: String {
        let lines = preface + sections.flatMap { [$0.head] + $0.body }
        return lines.isEmpty ? "" : lines.joined(separator: "\n") + (endsWithNewline ? "\n" : "")
    }

    /// Makes these the profiles that are written for an account: adds and updates them, and takes out others that were
    /// written for it at an earlier time.
    ///
    /// Throws where a profile of such a name is there that is not ours to change, unless `force` lets us replace it.
    package mutating func write(
        _ profiles: [ConfigProfile],
        for account: String,
        force: Bool
    ) throws(CommandFailure) -> Changes {
        let names = Set(profiles.map(\.name))
        let foreign = sections.filter { !$0.isWritten(for: account) }.compactMap(\.profile).filter(names.contains)
        guard force || foreign.isEmpty else { throw Self.refusal(foreign) }

        var changes = Changes()
        var rest = profiles
        var kept: [ConfigSection] = []
        for var section in sections {
            let before = section
            if let index = rest.firstIndex(where: { $0.name == section.profile }) {
                let profile = rest.remove(at: index)
                if section.isWritten(for: account) {
                    section.update(profile, writtenFor: account)
                } else {
                    section.replace(by: profile, writtenFor: account)
                }
                if section != before { changes.changed.append(profile.name) }
            } else if let name = section.profile, section.isMarked(for: account) {
                changes.removed.append(name)
                guard section.clear(writtenFor: account) else {
                    Self.leave(section.body, at: &kept, or: &preface)
                    continue
                }
            }
            kept.append(section)
        }
        sections = kept
        for profile in rest { append(profile, for: account) }
        changes.added = rest.map(\.name)
        return changes
    }

    private mutating func append(_ profile: ConfigProfile, for account: String) {
        if let last = sections.last?.body.last ?? sections.last?.head ?? preface.last, !last.isBlank {
            if sections.isEmpty { preface.append("") } else { sections[sections.count - 1].body.append("") }
        }
        sections.append(ConfigSection(head: profile.head, body: profile.settings(writtenFor: account)))
        endsWithNewline = true
    }

    /// Leaves what stood in a section that is gone to the one before it. The blank line that set it off goes with it.
    private static func leave(_ body: [String], at kept: inout [ConfigSection], or preface: inout [String]) {
        func join(_ lines: inout [String]) {
            if lines.last?.isBlank == true { lines.removeLast() }
            lines += body
        }
        if kept.isEmpty { join(&preface) } else { join(&kept[kept.count - 1].body) }
    }

    private static func refusal(_ names: [String]) -> CommandFailure {
        CommandFailure(
            .configuration,
            "these profiles are there already and are not written by tokenctl alone: \(names.joined(separator: ", "));"
                + " choose other names with --profile-name, or replace them with --force"
        )
    }
}
