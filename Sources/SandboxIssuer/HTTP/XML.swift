/// An XML element to be written: with text, or with others in it.
struct XML: Sendable, Hashable {
    var name: String
    private var content: String

    init(_ name: String, _ elements: [XML]) {
        self.name = name
        content = elements.map(\.text).joined()
    }

    init(_ name: String, text: String) {
        self.name = name
        content = VerificationPage.escaped(text)
    }

    /// The wire form.
    var text: String { "<\(name)>\(content)</\(name)>" }

    /// The wire form as a document whose elements belong to a namespace.
    func document(in namespace: String) -> String {
        #"<\#(name) xmlns="\#(namespace)">\#(content)</\#(name)>"#
    }
}
