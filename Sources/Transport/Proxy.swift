/// The proxy through which hosts outside this machine are reached.
///
/// Plain HTTP goes to loopback hosts alone, and those are never reached through a proxy: it would read the request, or
/// reach its own loopback. So there is one proxy to know, the one for HTTPS.
package struct Proxy: Sendable, Hashable {
    /// `http://host:port`, `https://…`, `socks5h://…` or just `host:port`. May hold a password.
    package var url: String
    /// Hosts that are reached without it, with commas between; `*` for all.
    package var exceptions: String

    package init(url: String, exceptions: String = "") {
        self.url = url
        self.exceptions = exceptions
    }

    /// Reads the variables that libcurl knows, in its order: `https_proxy`, `all_proxy` and `no_proxy`, each in small
    /// letters before capitals. `nil` when none names a proxy.
    package init?(environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name] ?? environment[name.uppercased()] }
        guard let url = value("https_proxy") ?? value("all_proxy"), !url.isEmpty else { return nil }
        self.init(url: url, exceptions: value("no_proxy") ?? "")
    }
}
