internal import LocalAPI

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
            return .reply(try await reply(to: route, form: request.form, body: RequestBody(bytes: request.body)))
        } catch {
            return .reply(.problem(error))
        }
    }

    private func reply(to route: Route, form: TokenForm, body: RequestBody) async throws(Problem) -> Reply {
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
            let (login, isNew) = try await service.login(account, try body.login())
            return .json(status: isNew ? 201 : 200, login)
        case .logout(let account):
            return .json(try await service.logout(account))
        case .roleCredentials(let account, let wait):
            let role = try body.role()
            let credentials = try await service.roleCredentials(of: account, role, wait: .seconds(wait))
            return .roleCredentials(credentials, of: role, account: account)
        case .awsAccounts(let account):
            return .json(try await service.awsAccounts(of: account))
        case .awsRoles(let account, let accountID):
            return .json(try await service.awsRoles(of: account, accountID: accountID))
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
