/// One key that a table of the configuration may hold: its name, the form of its value, and what it is for.
struct Key<Value: Sendable>: DeclaredKey {
    let name: String
    let form: ValueForm<Value>
    /// A phrase that says what the value is, as the message about a missing one ends with it.
    let doc: String

    init(_ name: String, _ form: ValueForm<Value>, _ doc: String) {
        self.name = name
        self.form = form
        self.doc = doc
    }
}

/// A key whatever the type of its value, so that all keys of a table fit into one list.
protocol DeclaredKey: Sendable {
    var name: String { get }
}
