internal import FoundationEssentials
internal import LocalAPI
internal import NIOCore

/// Asks the daemon what a request asks, and makes the answer a reply.
struct Router: Sendable {
    let service: any AccountService
    let connections: OpenConnections.Count

    /// What goes back to the client.
    enum Answer: Sendable {
        case reply(Reply)
        case events(AsyncStream<ServerEvent>)
    }

    /// The answer to a request for something; a problem is one too.
    func answer(to route: Route, of request: Request) async -> Answer {
        if case .events = route { return .events(service.events(after: request.lastEventID)) }
        do throws(Problem) {
            return .reply(try await reply(to: route, form: request.form, body: request.body))
        } catch {
            return .reply(.problem(error))
        }
    }

    private func reply(to route: Route, form: TokenForm, body: ByteBuffer) async throws(Problem) -> Reply {
        switch route {
        case .token(let account, let query):
            return .token(try await service.token(of: account, query), kind: query.kind, form: form)
        case .accounts:
            return .json(AccountList(accounts: await service.accounts()))
        case .account(let name):
            return .json(try await service.account(name))
        case .refresh(let account):
            return .token(try await service.refresh(account), kind: .accessToken, form: .json)
        case .login(let account):
            let (login, isNew) = try await service.login(account, try LoginRequest(body: body))
            return .json(status: isNew ? 201 : 200, login)
        case .logout(let account):
            return .json(try await service.logout(account))
        case .loginStatus(let id, let wait):
            return .json(try await service.login(id: id, wait: .seconds(wait)))
        case .cancelLogin(let id):
            return .json(try await service.cancelLogin(id: id))
        case .status:
            return .json(await service.status(connections: connections.value))
        case .metrics:
            let text = await service.metrics()
            return Reply("application/openmetrics-text; version=1.0.0; charset=utf-8", Array(text.utf8))
        case .reload:
            try await service.reload()
            return Reply(status: 204)
        case .openAPI:
            return Reply("application/json", Array(OpenAPI.document.utf8))
        case .events:
            preconditionFailure("a connection streams events by itself")
        }
    }
}

extension LoginRequest {
    /// Reads the body of `POST …/login`; an empty one is the account's own flow.
    ///
    /// - Throws: `invalid_request` when it is not JSON of this form, or names members that are not known: a misspelt one
    ///   must not start another login than was meant.
    fileprivate init(body: ByteBuffer) throws(Problem) {
        self.init()
        guard body.readableBytes > 0 else { return }
        let data = Data(body.readableBytesView)
        let known: Set<String> = ["flow", "refresh_token", "force"]
        do {
            let strangers = try JSONDecoder().decode(Members.self, from: data).names.subtracting(known)
            self = try JSONDecoder().decode(LoginRequest.self, from: data)
            guard strangers.isEmpty else {
                throw Problem(.invalidRequest, "unknown in a login: \(strangers.sorted().joined(separator: ", "))")
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.invalidRequest, "the body must be a JSON object with flow, refresh_token or force")
        }
    }
}

/// The names of the members of a JSON object.
private struct Members: Decodable {
    let names: Set<String>

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        names = Set(try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue))
    }
}
