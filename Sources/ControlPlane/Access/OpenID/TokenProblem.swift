/// What is wrong with a provider's token; told to whoever runs the control plane, and never to who sent it.
enum TokenProblem: Error, Hashable, Sendable {
    case malformed(String)
    /// Signed in a way that is not expected here, or not at all.
    case algorithm(String)
    /// No key of the provider is the one that signed it.
    case unknownKey
    case signature
    case issuer(String)
    case audience
    case expired
    case notYetValid
    case nonce

    var detail: String {
        switch self {
        case .malformed(let what): "the token is malformed: \(what)"
        case .algorithm(let name): "the token is signed by '\(name)', and only RS256 and ES256 count"
        case .unknownKey: "the provider has no key by which the token could be signed"
        case .signature: "the signature of the token is not the provider's"
        case .issuer(let name): "the token is from '\(name)'"
        case .audience: "the token is for somebody else"
        case .expired: "the token has expired"
        case .notYetValid: "the token is not valid yet: compare the clocks"
        case .nonce: "the token belongs to another login"
        }
    }
}
