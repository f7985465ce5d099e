import LocalAPI
package import TokenClient

/// A token as variables for a POSIX shell: `eval "$(tokenctl token NAME --format env)"`.
package enum ShellVariables {
    /// Lines of NAME=VALUE, without a newline at the end.
    package static func lines(for token: AccessToken) -> String {
        [
            ("ACCESS_TOKEN", token.value),
            ("TOKEN_TYPE", token.type),
            ("TOKEN_EXPIRES_AT", Timestamp(seconds: token.expiresAt).text),
        ]
        .map { "\($0)=\(quoted($1))" }.joined(separator: "\n")
    }

    /// A text as one word of the shell, whatever is in it.
    package static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "'\\''") + "'"
    }
}
