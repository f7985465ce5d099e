import Testing
import TokenClient

@Suite struct SocketPathTests {
    @Test(
        "The first variable that says something decides",
        arguments: [
            (["TOKEND_SOCKET": "/a", "TOKEND_RUNTIME_DIR": "/b", "XDG_RUNTIME_DIR": "/c"], "/a"),
            (["TOKEND_SOCKET": "", "TOKEND_RUNTIME_DIR": "/b", "XDG_RUNTIME_DIR": "/c"], "/b/tokend.sock"),
            (["TOKEND_RUNTIME_DIR": "", "XDG_RUNTIME_DIR": "/c"], "/c/tokend/tokend.sock"),
            (["XDG_RUNTIME_DIR": "/c"], "/c/tokend/tokend.sock"),
        ]
    )
    func decides(environment: [String: String], path: String) throws {
        #expect(try SocketPath { environment[$0] }.path == path)
    }

    @Test(
        "There is no fallback",
        arguments: [[:], ["XDG_RUNTIME_DIR": ""], ["XDG_RUNTIME_DIR": "run"], ["HOME": "/h"]]
    )
    func noFallback(environment: [String: String]) {
        let error = #expect(throws: TokenClientError.self) { try SocketPath { environment[$0] } }
        #expect(error?.code == .unusableSocketPath)
        #expect(error?.message.contains("XDG_RUNTIME_DIR") == true)
    }

    @Test("A daemon can be started by command where its place follows from the environment")
    func startCommand() throws {
        #expect(SocketPath(named: "/a").startCommand == nil)
        #expect(try SocketPath { ["TOKEND_RUNTIME_DIR": "/b"][$0] }.startCommand == "tokend")
        #expect(try SocketPath { ["XDG_RUNTIME_DIR": "/nonexistent"][$0] }.startCommand == "tokend")
    }
}
