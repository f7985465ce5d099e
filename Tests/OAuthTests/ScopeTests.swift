import OAuth
import Testing

@Suite("Scope")
struct ScopeTests {
    @Test("keeps the order it was written in, but equals the same tokens in another order")
    func order() {
        let scope = Scope(wire: "openid  offline_access openid")
        #expect(scope.wire == "openid offline_access")
        #expect(scope == Scope(["offline_access", "openid"]))
        #expect(scope.hashValue == Scope(["offline_access", "openid"]).hashValue)
        #expect(scope != Scope(wire: "openid"))
    }

    @Test("contains itself, every part of it and nothing more")
    func contains() {
        let scope = Scope(wire: "a b")
        #expect(scope.contains(scope))
        #expect(scope.contains(Scope(wire: "b")))
        #expect(scope.contains(.none))
        #expect(!scope.contains(Scope(wire: "b c")))
    }
}
