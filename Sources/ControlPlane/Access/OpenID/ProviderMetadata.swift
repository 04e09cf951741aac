internal import Basics

/// What a provider says of itself (OpenID Connect Discovery).
struct ProviderMetadata: Sendable {
    let authorizationEndpoint: String
    let tokenEndpoint: String
    let keysEndpoint: String
    /// Where more of a person is told than the token holds.
    let personEndpoint: String?
    /// Where a person's session at the provider is ended, where the provider offers that.
    let endSessionEndpoint: String?
    /// Whether the client's secret goes into a header; into the body otherwise.
    let takesBasic: Bool

    /// `nil` unless it speaks of the issuer that was asked for, and only of addresses that secrets may go to.
    init?(_ json: JSON, issuer: String) {
        guard json["issuer"]?.string == issuer else { return nil }
        func address(_ name: String) -> String? {
            json[name]?.string.flatMap { Self.isSafe($0, issuer) ? $0 : nil }
        }
        guard let authorization = address("authorization_endpoint"), let token = address("token_endpoint"),
            let keys = address("jwks_uri")
        else { return nil }
        (authorizationEndpoint, tokenEndpoint, keysEndpoint) = (authorization, token, keys)
        personEndpoint = address("userinfo_endpoint")
        endSessionEndpoint = address("end_session_endpoint")
        let methods = json["token_endpoint_auth_methods_supported"]?.elements?.compactMap(\.string)
        takesBasic = methods?.contains("client_secret_basic") ?? true
    }

    /// A provider on this machine may speak without TLS, and only one that does may name such addresses.
    private static func isSafe(_ address: String, _ issuer: String) -> Bool {
        guard address.utf8.count <= 2000, address.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != 0x23 })
        else { return false }
        if address.hasPrefix("https://") { return true }
        return issuer.hasPrefix("http://") && address.hasPrefix("http://")
    }
}
