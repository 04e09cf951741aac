/// Which requests go through a proxy.
package struct ProxySettings: Sendable {
    private let http: String?
    private let https: String?
    /// The hosts reached without a proxy, separated by commas.
    let exceptions: String

    package static let none = ProxySettings(environment: [:])

    /// Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, the last three also in capitals.
    ///
    /// `HTTP_PROXY` is left alone: in a CGI program it is whatever a client sent as its `Proxy` header.
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { environment[$0] }.first
        }
        let all = value("all_proxy", "ALL_PROXY")
        http = value("http_proxy") ?? all
        https = value("https_proxy", "HTTPS_PROXY") ?? all
        exceptions = value("no_proxy", "NO_PROXY") ?? ""
    }

    /// The proxy for a URL of that scheme; empty for none, which libcurl takes as "not even from the environment".
    func proxy(scheme: String) -> String { (scheme == "https" ? https : http) ?? "" }
}
