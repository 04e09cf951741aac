import Basics
import Crypto
import Processes
import Secrets
import TestSupport

/// Keys and tokens of a provider, made by OpenSSL and by hand.
enum TestTokens {
    struct Keys: Sendable {
        let rsa: String
        let modulus: [UInt8]
        let ec: String
        let point: [UInt8]

        init() throws {
            rsa = try TestTokens.openssl(["genrsa", "2048"])
            let text = try TestTokens.openssl(["rsa", "-noout", "-modulus"], rsa)
            modulus = Hex.decode(text.dropFirst("Modulus=".count).prefix { $0.isHexDigit }) ?? []
            ec = try TestTokens.openssl(["ecparam", "-name", "prime256v1", "-genkey", "-noout"])
            // The last 65 bytes of the public key in DER are its point.
            let der = try TestTokens.bytes(["ec", "-pubout", "-outform", "DER"], Array(ec.utf8))
            point = Array(der.suffix(65))
        }

        func rsaKey(_ id: String?, _ more: [(String, JSON)] = []) -> JSON {
            key(id, [("kty", "RSA"), ("n", .string(Base64URL.encode(modulus))), ("e", "AQAB")] + more)
        }

        func ecKey(_ id: String?, _ more: [(String, JSON)] = []) -> JSON {
            let (x, y) = (Array(point[1...32]), Array(point[33...]))
            return key(
                id,
                [
                    ("kty", "EC"), ("crv", "P-256"), ("x", .string(Base64URL.encode(x))),
                    ("y", .string(Base64URL.encode(y))),
                ] + more)
        }

        private func key(_ id: String?, _ members: [(String, JSON)]) -> JSON {
            .object((members + (id.map { [("kid", .string($0))] } ?? [])).map { JSON.Member($0.0, $0.1) })
        }
    }

    /// Making them costs more than all the tests.
    static let own = Result { try Keys() }
    static let others = Result { try Keys() }

    static func rs256(_ header: JSON, _ claims: JSON, _ keys: Keys) throws -> String {
        let signed = part(header) + "." + part(claims)
        return signed + "."
            + Base64URL.encode(try RS256.sign(Array(signed.utf8), privateKey: Secret(keys.rsa)))
    }

    static func es256(_ header: JSON, _ claims: JSON, _ keys: Keys) throws -> String {
        let signed = part(header) + "." + part(claims)
        let directory = try TemporaryDirectory()
        let key = try directory.write("key.pem", keys.ec)
        let der = try bytes(["dgst", "-sha256", "-sign", key], Array(signed.utf8))
        return signed + "." + Base64URL.encode(raw(der))
    }

    static func part(_ json: JSON) -> String { Base64URL.encode(json.utf8()) }

    /// The two numbers of a signature in DER, each of 32 bytes.
    private static func raw(_ der: [UInt8]) -> [UInt8] {
        var (place, numbers): (Int, [UInt8]) = (2, [])
        for _ in 0..<2 {
            let count = Int(der[place + 1])
            let number = Array(der[(place + 2)..<(place + 2 + count)].drop { $0 == 0 })
            numbers += [UInt8](repeating: 0, count: 32 - number.count) + number
            place += 2 + count
        }
        return numbers
    }

    private static func openssl(_ arguments: [String], _ input: String = "") throws -> String {
        String(decoding: try bytes(arguments, Array(input.utf8)), as: UTF8.self)
    }

    private static func bytes(_ arguments: [String], _ input: [UInt8]) throws -> [UInt8] {
        var program = Subprocess(
            "openssl", arguments, environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"])
        program.input = .bytes(input)
        return try program.run().output.head
    }
}
