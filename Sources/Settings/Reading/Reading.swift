/// The reading of one configuration file: what it needs to know from outside, and what it has found wrong so far.
///
/// A value that cannot be used is noted and left out, and the reading goes on, so that one run tells everything.
struct Reading {
    /// The file's path, for messages.
    let file: String
    /// What `~` stands for.
    let home: String?
    /// What AWS's own tools know.
    let aws: AWSContext

    private var errorNotes: [Diagnostic] = []
    private var warningNotes: [Diagnostic] = []

    /// What is wrong, in the order of the file.
    var errors: [Diagnostic] { errorNotes.sorted(by: Self.isEarlier) }
    /// What is unwise, in the order of the file.
    var warnings: [Diagnostic] { warningNotes.sorted(by: Self.isEarlier) }

    init(file: String, home: String?, aws: AWSContext = AWSContext()) {
        self.file = file
        self.home = home
        self.aws = aws
    }

    /// Notes an error.
    mutating func fail(at position: Position, _ message: String) {
        errorNotes.append(Diagnostic(file: file, position: position, message: message))
    }

    /// Notes a warning.
    mutating func warn(at position: Position, _ message: String) {
        warningNotes.append(Diagnostic(file: file, position: position, message: message))
    }

    /// Notes that an entry's value cannot be used; the `nil` it returns stands for the value.
    mutating func refuse<Value>(_ entry: Entry, _ message: String) -> Value? {
        fail(at: entry.position, "`\(entry.key)`: \(message)")
        return nil
    }

    /// The value of a key, if it is there and can be used.
    mutating func value<Value>(of key: Key<Value>, in table: Table) -> Value? {
        guard let entry = table[key.name] else { return nil }
        return key.form.read(entry, &self)
    }

    /// The value of a key that must be there.
    mutating func requiredValue<Value>(of key: Key<Value>, in table: Table) -> Value? {
        guard table[key.name] != nil else {
            fail(at: table.position, "`\(key.name)` is missing in [\(table.name)]: \(key.doc)")
            return nil
        }
        return value(of: key, in: table)
    }

    /// The table that an entry holds.
    mutating func table(_ entry: Entry, named name: String) -> Table? {
        guard case .table(let entries) = entry.value else {
            return refuse(entry, "expected a table, found \(entry.value.kind)")
        }
        return Table(name: name, position: entry.position, entries: entries)
    }

    /// Notes every entry of a table whose key is not among those declared.
    mutating func refuseUnknownKeys(in table: Table, known: [any DeclaredKey]) {
        let names = known.map(\.name)
        for entry in table.entries where !names.contains(entry.key) {
            fail(
                at: entry.position,
                "unknown key `\(entry.key)` in [\(table.name)]" + suggestion(for: entry.key, among: names)
            )
        }
    }

    private static func isEarlier(_ left: Diagnostic, _ right: Diagnostic) -> Bool {
        (left.position ?? .start) < (right.position ?? .start)
    }
}
