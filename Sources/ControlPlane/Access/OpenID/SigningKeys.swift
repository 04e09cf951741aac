internal import Basics
internal import Crypto

/// The keys that a provider signs with (RFC 7517).
struct SigningKeys: Sendable {
    private static let most = 100

    struct Key: Sendable {
        let id: String?
        let key: PublicKey
    }

    let keys: [Key]

    /// Keys of other kinds, or for other purposes, are passed over; `nil` where it is no set of keys at all.
    init?(_ json: JSON) {
        guard let entries = json["keys"]?.elements, entries.count <= Self.most else { return nil }
        keys = entries.compactMap(Self.key)
    }

    private static func key(_ entry: JSON) -> Key? {
        if let use = entry["use"]?.string, use != "sig" { return nil }
        if let purposes = entry["key_ops"]?.elements, !purposes.contains("verify") { return nil }
        func number(_ name: String) -> [UInt8] { entry[name]?.string.flatMap { Base64URL.decode($0) } ?? [] }
        let key: PublicKey?
        switch (entry["kty"]?.string, entry["crv"]?.string) {
        case ("RSA", _): key = PublicKey.rsa(checked: number("n"), number("e"))
        case ("EC", "P-256"): key = PublicKey.p256(checked: number("x"), number("y"))
        default: key = nil
        }
        guard let key, entry["alg"]?.string ?? key.algorithm == key.algorithm else { return nil }
        return Key(id: entry["kid"]?.string, key: key)
    }

    /// The key that a token names; where it names none, the only one of its kind.
    func key(of token: JSONWebToken) -> PublicKey? {
        let fitting = keys.filter { $0.key.algorithm == token.algorithm }
        guard let id = token.keyID else { return fitting.count == 1 ? fitting[0].key : nil }
        let named = fitting.filter { $0.id == id }
        return named.count == 1 ? named[0].key : nil
    }
}
