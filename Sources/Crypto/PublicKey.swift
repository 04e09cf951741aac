internal import Basics
internal import CMbedTLS

/// A key that signatures are held against: of one kind, and for the one algorithm that goes with it.
///
/// The algorithm follows from the key and never from what is signed, so that no message chooses how it is judged.
package enum PublicKey: Hashable, Sendable {
    /// RSA with PKCS#1 v1.5 and SHA-256 (RFC 7518, 3.3); both numbers are big-endian.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// ECDSA on P-256 with SHA-256 (RFC 7518, 3.4).
    case p256(x: [UInt8], y: [UInt8])

    /// Shorter ones are refused (RFC 7518, 3.3), and longer ones cost more than anybody's patience.
    private static let modulusBytes = 256...1024

    package static func rsa(checked modulus: [UInt8], _ exponent: [UInt8]) -> PublicKey? {
        let significant = Array(modulus.drop { $0 == 0 })
        let number = exponent.drop { $0 == 0 }
        guard modulusBytes.contains(significant.count), (1...4).contains(number.count),
            number.last.map({ $0 & 1 == 1 && (number.count > 1 || $0 > 1) }) == true
        else { return nil }
        return .rsa(modulus: significant, exponent: Array(number))
    }

    package static func p256(checked x: [UInt8], _ y: [UInt8]) -> PublicKey? {
        x.count == 32 && y.count == 32 ? .p256(x: x, y: y) : nil
    }

    /// The name of the one algorithm that this key is for.
    package var algorithm: String {
        switch self {
        case .rsa: "RS256"
        case .p256: "ES256"
        }
    }

    /// Whether a signature of the message is one of this key's.
    package func isSigned(_ message: [UInt8], by signature: [UInt8]) -> Bool {
        let digest = SHA256.digest(of: message).bytes
        switch self {
        case .rsa(let modulus, let exponent):
            guard signature.count == modulus.count else { return false }
            return shim_verify_rsa(
                modulus, modulus.count, exponent, exponent.count, digest, signature, signature.count) == 1
        case .p256(let x, let y):
            guard signature.count == 64 else { return false }
            return shim_verify_p256([4] + x + y, digest, signature) == 1
        }
    }
}
