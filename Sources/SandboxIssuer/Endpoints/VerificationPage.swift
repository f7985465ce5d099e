/// What the verification page shows. It needs no script and nothing from elsewhere, and follows the light or dark theme.
enum VerificationPage {
    /// Asks for the code; says what was wrong with the last one.
    case code(problem: String?)
    /// Asks for the decision.
    case question(userCode: String, client: String, scope: [String])
    /// Asks for the decision on a login of the browser itself, where there is no code to compare.
    case consent(userCode: String, client: String, scope: [String])
    /// Says that a login cannot go on.
    case refused(problem: String)
    /// Says that all is done.
    case decided(approved: Bool)

    func response(_ status: Int = 200) -> Response {
        Response(
            status,
            headers: [
                "Content-Type": "text/html; charset=utf-8",
                "Cache-Control": "no-store",
                // A decision may send the browser on to a client's own port.
                "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
                    + "form-action 'self' http://127.0.0.1:* http://localhost:*; frame-ancestors 'none'",
                "Referrer-Policy": "no-referrer",
                "X-Content-Type-Options": "nosniff",
            ],
            body: Array(html.utf8)
        )
    }

    private var title: String {
        switch self {
        case .code: "Log in a device"
        case .question, .consent: "Approve this login?"
        case .refused: "Login not possible"
        case .decided(approved: true): "Login approved"
        case .decided(approved: false): "Login denied"
        }
    }

    private var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(title) · Sandbox issuer</title>
        <style>\(VerificationPage.style)</style>
        </head>
        <body>
        <main>
        <p class="issuer">Sandbox issuer</p>
        <h1>\(title)</h1>
        \(content)
        </main>
        </body>
        </html>

        """
    }

    private var content: String {
        switch self {
        case .code(let problem):
            """
            \(problem.map { #"<p class="problem" role="alert" id="problem">\#(Self.escaped($0))</p>"# } ?? "")
            <form method="post">
            <label for="user_code">Code shown by your program</label>
            <input id="user_code" name="user_code" required autofocus autocomplete="off" autocapitalize="characters" \
            spellcheck="false" placeholder="BCDF-GHJK" maxlength="16"\
            \(problem == nil ? "" : #" aria-invalid="true" aria-describedby="problem""#)>
            <div class="buttons"><button class="primary">Continue</button></div>
            </form>
            """
        case .question(let userCode, let client, let scope):
            """
            \(Self.wish(client, scope))
            <p>Approve only if it shows this code:</p>
            <p class="code">\(Self.escaped(userCode))</p>
            \(Self.decision(userCode))
            """
        case .consent(let userCode, let client, let scope):
            """
            \(Self.wish(client, scope))
            \(Self.decision(userCode))
            """
        case .refused(let problem):
            #"<p class="problem" role="alert">\#(Self.escaped(problem))</p>"#
        case .decided(approved: true):
            "<p role=\"status\">Your program goes on by itself. You can close this page.</p>"
        case .decided(approved: false):
            "<p role=\"status\">Your program gets no access. You can close this page.</p>"
        }
    }

    /// Who wants what.
    private static func wish(_ client: String, _ scope: [String]) -> String {
        """
        <p>The program <strong>\(escaped(client))</strong> wants to act for you\
        \(scope.isEmpty ? "." : " and asks for:")</p>
        \(scope.isEmpty ? "" : "<ul>\(scope.map { "<li><code>\(escaped($0))</code></li>" }.joined())</ul>")
        """
    }

    /// The two buttons.
    private static func decision(_ userCode: String) -> String {
        """
        <form method="post">
        <input type="hidden" name="user_code" value="\(escaped(userCode))">
        <div class="buttons">
        <button class="primary" name="decision" value="approve">Approve</button>
        <button name="decision" value="deny">Deny</button>
        </div>
        </form>
        """
    }

    /// A text as HTML, safe in an element and in a quoted attribute.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { html, character in
            switch character {
            case "&": html += "&amp;"
            case "<": html += "&lt;"
            case ">": html += "&gt;"
            case "\"": html += "&quot;"
            case "'": html += "&#39;"
            default: html.append(character)
            }
        }
    }

    private static let style = """
        :root{color-scheme:light dark;--page:#f3f4f6;--card:#fff;--text:#17202a;--soft:#566270;--line:#8b95a1;\
        --strong:#0b5cad;--on-strong:#fff;--problem:#a11622}
        @media (prefers-color-scheme:dark){:root{--page:#12161b;--card:#1c2229;--text:#e9edf1;--soft:#a9b4c0;\
        --line:#6d7884;--strong:#7ab8ff;--on-strong:#0b1622;--problem:#ff9aa2}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:grid;place-items:center;padding:1rem;background:var(--page);\
        color:var(--text);font:1rem/1.5 system-ui,sans-serif}
        main{width:100%;max-width:27rem;padding:2rem;border-radius:.75rem;background:var(--card);\
        box-shadow:0 1px 2px #0003,0 8px 24px #0000001a}
        h1{margin:.25rem 0 1rem;font-size:1.5rem;line-height:1.25}
        ul{padding-left:1.25rem}
        .issuer{margin:0;color:var(--soft);font-size:.875rem}
        .problem{color:var(--problem);font-weight:600}
        .code,input{font:600 1.5rem/1.5 ui-monospace,monospace;letter-spacing:.1em;text-align:center}
        .code{margin:.5rem 0 1.5rem;padding:.5rem;border:1px dashed var(--line);border-radius:.5rem}
        label{display:block;margin-bottom:.5rem;color:var(--soft)}
        input{width:100%;padding:.5rem;border:1px solid var(--line);border-radius:.5rem;background:transparent;\
        color:inherit;text-transform:uppercase}
        .buttons{display:flex;gap:.75rem;margin-top:1.5rem}
        button{flex:1;padding:.75rem 1rem;border:1px solid var(--line);border-radius:.5rem;background:transparent;\
        color:inherit;font:inherit;font-weight:600;cursor:pointer}
        button.primary{border-color:var(--strong);background:var(--strong);color:var(--on-strong)}
        :focus-visible{outline:3px solid var(--strong);outline-offset:2px}
        """
}
