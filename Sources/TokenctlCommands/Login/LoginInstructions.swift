package import LocalAPI

/// What a person must do to log in, in words.
package enum LoginInstructions {
    /// The lines, without newlines. On a terminal that can show it, the address is there to be scanned as well.
    package static func lines(for login: LoginStatus, style: Style) -> [String] {
        if let address = login.authorizationURI {
            return ["tokenctl: to log in to \(login.account), open \(address.printable)"]
        }
        guard let address = login.verificationURI, let code = login.userCode else { return [] }
        var lines = [
            "tokenctl: to log in to \(login.account), open \(address.printable) and enter the code "
                + style.paint(code.printable, .bold)
        ]
        if let complete = login.verificationURIComplete { lines.append("tokenctl: or open \(complete.printable)") }
        let symbol = QRCode(login.verificationURIComplete ?? address).map(QRCodeDrawing.lines) ?? []
        guard style.hasUnicode, style.hasColour, let size = style.size, !symbol.isEmpty else { return lines }
        let fits = symbol.count + lines.count + 3 <= size.lines && symbol.count * 2 <= size.columns
        return fits ? lines + [""] + symbol + [""] : lines
    }

    /// The line that shows that something still goes on.
    package static func progress(of login: LoginStatus, now: Timestamp) -> String {
        let left = login.expiresAt.map { ", \(TimeSpan.text(Int($0.seconds - now.seconds))) left" } ?? ""
        return "tokenctl: waiting for the login to be approved\(left) (Ctrl-C cancels)"
    }
}
