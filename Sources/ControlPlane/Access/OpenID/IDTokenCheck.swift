internal import Basics
internal import Model

/// Holds the claims of a token whose signature is proved against what the login asked for (OpenID Connect Core, 3.1.3.7).
struct IDTokenCheck {
    let issuer: String
    let clientID: String
    let nonce: String
    let skew: Duration
    let now: Instant

    func check(_ claims: JSON) throws(TokenProblem) {
        guard claims["iss"]?.string == issuer else {
            throw .issuer(String((claims["iss"]?.string ?? "").prefix(200)))
        }
        try checkAudience(claims)
        try checkTimes(claims)
        guard let given = claims["nonce"]?.string,
            ConstantTime.isEqual(Array(given.utf8), Array(nonce.utf8))
        else { throw .nonce }
        guard let subject = claims["sub"]?.string, (1...255).contains(subject.unicodeScalars.count) else {
            throw .malformed("it names nobody")
        }
    }

    /// A token for several says for whom it was made; one that is for others as well counts only where that is us.
    private func checkAudience(_ claims: JSON) throws(TokenProblem) {
        let audience =
            claims["aud"].map { $0.string.map { [$0] } ?? $0.elements?.compactMap(\.string) ?? [] } ?? []
        guard audience.contains(clientID) else { throw .audience }
        let party = claims["azp"]?.string
        guard party.map({ $0 == clientID }) ?? (audience.count == 1) else { throw .audience }
    }

    private func checkTimes(_ claims: JSON) throws(TokenProblem) {
        guard let expires = try Self.instant("exp", claims), let issued = try Self.instant("iat", claims) else {
            throw .malformed("it does not say from when until when it is valid")
        }
        guard expires + skew > now else { throw .expired }
        guard issued <= now + skew else { throw .notYetValid }
        if let begins = try Self.instant("nbf", claims), begins > now + skew { throw .notYetValid }
    }

    /// Seconds since 1970, perhaps with a fraction, in a range that every sum with it stays in.
    private static func instant(_ name: String, _ claims: JSON) throws(TokenProblem) -> Instant? {
        guard let value = claims[name], !value.isNull else { return nil }
        guard let seconds = value.double, (0...1e11).contains(seconds) else {
            throw .malformed("'\(name)' is no time")
        }
        return Instant(secondsSinceEpoch: Int64(seconds))
    }
}
