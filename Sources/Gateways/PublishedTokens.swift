package import LocalAPI
internal import NIOCore
internal import Synchronization

/// The tokens that readers get at once: one ready-made reply for each account, kind and form.
///
/// The engine publishes a token after it has been committed, and withdraws it when it must not be served any more. The
/// socket's thread looks it up between a request and its reply, under a lock that is never held for longer than a
/// dictionary look-up takes.
package final class PublishedTokens: Sendable {
    private let accounts = Mutex<[String: Account]>([:])

    package init() {}

    /// Puts a token in place of what was published of that account and kind.
    ///
    /// - Parameters:
    ///   - answer: The token and what is told with it; without a token there is nothing to publish.
    ///   - kind: Which token of the account it is.
    ///   - expiry: When it expires, on the boot clock.
    ///   - minValid: The least time left with which it goes out to a reader who does not ask for a certain one.
    package func publish(_ answer: TokenAnswer, kind: TokenQuery.Kind, expiry: Duration, minValid: Duration) {
        guard answer.accessToken != nil else { return }
        let json = ReadyReply(.token(answer, kind: kind, form: .json))
        let plain = ReadyReply(.token(answer, kind: kind, form: .plain))
        accounts.withLock { accounts in
            accounts[answer.account, default: Account()].replace(
                kind,
                with: Publication(json: json, plain: plain, expiry: expiry, minValid: max(minValid, .zero))
            )
        }
    }

    /// Takes back what was published of an account, one kind or all, and wipes the bytes.
    package func withdraw(account: String, kind: TokenQuery.Kind? = nil) {
        accounts.withLock { accounts in
            for kind in kind.map({ [$0] }) ?? TokenQuery.Kind.allCases { accounts[account]?.replace(kind, with: nil) }
            if accounts[account]?.isEmpty == true { accounts[account] = nil }
        }
    }

    /// The reply for a reader, head included, if a token is published that lives long enough for him.
    ///
    /// - Parameters:
    ///   - account: The name of the account.
    ///   - kind: Which of its tokens.
    ///   - form: What the reader wants to see.
    ///   - minValid: The least time left that he asks for, in seconds; `nil` for the published one.
    ///   - isLast: Whether the connection closes after this reply.
    ///   - now: The moment on the boot clock.
    /// - Returns: The bytes; `nil` when the daemon has to be asked.
    func reply(
        account: String,
        kind: TokenQuery.Kind,
        form: TokenForm,
        minValid: Int?,
        isLast: Bool,
        now: Duration
    ) -> ByteBuffer? {
        accounts.withLock { accounts in
            accounts[account]?[kind]?.reply(form, minValid: minValid, isLast: isLast, now: now)
        }
    }
}

/// What is published of one account.
private struct Account {
    private var accessToken: Publication?
    private var idToken: Publication?

    var isEmpty: Bool { accessToken == nil && idToken == nil }

    subscript(kind: TokenQuery.Kind) -> Publication? {
        get { kind == .accessToken ? accessToken : idToken }
        _modify {
            switch kind {
            case .accessToken: yield &accessToken
            case .idToken: yield &idToken
            }
        }
    }

    mutating func replace(_ kind: TokenQuery.Kind, with publication: Publication?) {
        self[kind]?.wipe()
        self[kind] = publication
    }
}

/// One token as it goes out.
private final class Publication {
    private var json: ReadyReply
    private var plain: ReadyReply
    /// On the boot clock.
    private let expiry: Duration
    private let minValid: Duration

    init(json: ReadyReply, plain: ReadyReply, expiry: Duration, minValid: Duration) {
        self.json = json
        self.plain = plain
        self.expiry = expiry
        self.minValid = minValid
    }

    func reply(_ form: TokenForm, minValid asked: Int?, isLast: Bool, now: Duration) -> ByteBuffer? {
        let left = expiry - now
        guard left > .zero, left >= asked.map({ .seconds($0) }) ?? minValid else { return nil }
        return switch form {
        case .json: json.bytes(isLast: isLast, secondsLeft: left.components.seconds)
        case .plain: plain.bytes(isLast: isLast, secondsLeft: nil)
        }
    }

    func wipe() {
        json.wipe()
        plain.wipe()
    }
}
