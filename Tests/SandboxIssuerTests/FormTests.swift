import SandboxIssuer
import Testing

@Suite("Forms")
struct FormTests {
    @Test(
        "are read tolerantly",
        arguments: [
            ("a=b&c=d", ["a": "b", "c": "d"]),
            ("a=b+c%20d", ["a": "b c d"]),
            ("a=%C3%A9", ["a": "é"]),
            ("a=100%&b=%zz", ["a": "100%", "b": "%zz"]),
            ("a&b=&&c=x=y", ["a": "", "b": "", "c": "x=y"]),
            ("", [:]),
        ]
    )
    func reading(text: String, fields: [String: String]) {
        let form = Form(encoded: text)
        #expect(form.fields.count == fields.count)
        for field in form.fields { #expect(fields[field.name] == field.value) }
    }

    @Test("come back as they were, whatever is in them")
    func roundTrip() {
        let form = Form(["user_code": "BCDF-GHJK", "s p a c e": "a+b&c=d%é", "empty": ""])
        #expect(Form(encoded: form.encoded) == form)
    }

    @Test("take a field sent empty for one not sent")
    func emptyField() {
        #expect(Form(encoded: "client_secret=&a=b")["client_secret"] == nil)
        #expect(Form(encoded: "client_secret=&a=b")["a"] == "b")
    }
}
