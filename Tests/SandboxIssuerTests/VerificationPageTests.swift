import SandboxIssuer
import Testing

@Suite("The verification page")
struct VerificationPageTests {
    @Test("asks for a code, then for a decision, and takes it")
    func approval() throws {
        var scene = Scene()
        let device = try scene.beginLogin(scope: "openid mail")
        let empty = scene.send(Request("GET", "/device")).response
        #expect(empty.status == 200)
        #expect(empty.text.contains(#"name="user_code""#))
        #expect(!empty.text.contains("Approve"))
        let question = scene.post("/device", ["user_code": device.userCode.lowercased()])
        #expect(question.text.contains(device.userCode))
        #expect(question.text.contains("<strong>tokend</strong>"))
        #expect(question.text.contains("<code>mail</code>"))
        #expect(question.text.contains(#"name="decision" value="approve""#))
        #expect(try scene.poll(device).error == "authorization_pending")
        let decided = scene.post("/device", ["user_code": device.userCode, "decision": "approve"])
        #expect(decided.text.contains("Login approved"))
        scene.now += .seconds(1)
        #expect(try scene.poll(device).accessToken != nil)
    }

    @Test("shows the question at once at the complete address")
    func completeAddress() throws {
        var scene = Scene()
        let device = try scene.beginLogin()
        let target = String(device.verificationUriComplete.dropFirst("http://127.0.0.1:8484".count))
        #expect(scene.send(Request("GET", target)).response.text.contains("Approve this login?"))
        #expect(try scene.poll(device).error == "authorization_pending")
    }

    @Test("takes a no")
    func denial() throws {
        var scene = Scene()
        let device = try scene.beginLogin()
        let decided = scene.post("/device", ["user_code": device.userCode, "decision": "deny"])
        #expect(decided.text.contains("Login denied"))
        #expect(try scene.poll(device).error == "access_denied")
    }

    @Test("says what is wrong and asks again")
    func problems() throws {
        var scene = Scene { $0.deviceCodeLifetime = .seconds(60) }
        let device = try scene.beginLogin()
        let expectations: [(response: Response, text: String)] = [
            (scene.post("/device", [:]), "Please type the code."),
            (scene.post("/device", ["user_code": "AAAA"]), "No login waits for this code."),
            (scene.send(Request("GET", "/device?user_code=AAAA")).response, "No login waits for this code."),
        ]
        for (response, text) in expectations {
            #expect(response.status == 400)
            #expect(response.text.contains(text))
            #expect(response.text.contains(#"role="alert""#))
            #expect(response.text.contains(#"name="user_code""#))
        }
        scene.now += .seconds(60)
        let late = scene.post("/device", ["user_code": device.userCode, "decision": "approve"])
        #expect(late.text.contains("expired"))
        let decided = try scene.beginLogin()
        for text in ["Login approved", "decided on already"] {
            let response = scene.post("/device", ["user_code": decided.userCode, "decision": "approve"])
            #expect(response.text.contains(text))
        }
    }

    @Test("shows what a client sends as text, never as markup")
    func escaping() throws {
        var scene = Scene()
        let device = try scene.beginLogin(scope: #"<img/src=x> a&b "q""#)
        let page = scene.post("/device", ["user_code": device.userCode]).text
        #expect(page.contains("<code>&lt;img/src=x&gt;</code>"))
        #expect(page.contains("<code>a&amp;b</code>"))
        #expect(page.contains("<code>&quot;q&quot;</code>"))
        #expect(!page.contains("<img"))
    }

    @Test("needs nothing from elsewhere and no script")
    func selfContained() throws {
        var scene = Scene()
        let device = try scene.beginLogin()
        let response = scene.post("/device", ["user_code": device.userCode])
        #expect(!response.text.contains("<script"))
        #expect(!response.text.contains("http://"))
        #expect(!response.text.contains("https://"))
        #expect(response.text.contains(#"<html lang="en">"#))
        #expect(response.headers["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
    }

    @Test("takes GET and POST alone")
    func methods() {
        var scene = Scene()
        let response = scene.send(Request("PUT", "/device")).response
        #expect(response.status == 405)
        #expect(response.headers["Allow"] == "GET, POST")
    }
}
