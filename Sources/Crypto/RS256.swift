internal import Basics
internal import COpenSSL
package import Secrets

/// Signs with an RSA key and SHA-256, as a JSON Web Token of a GitHub App asks for.
package enum RS256 {
    /// The key is PEM text, PKCS#1 or PKCS#8.
    package static func sign(_ message: [UInt8], privateKey: Secret) throws(CryptoError) -> [UInt8] {
        let key = try load(privateKey)
        defer { EVP_PKEY_free(key) }
        guard EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA else {
            throw CryptoError("the private key is not an RSA key")
        }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var length = 0
        guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { throw CryptoError("the message cannot be signed") }
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            throw CryptoError("the message cannot be signed")
        }
        return Array(signature[..<length])
    }

    private static func load(_ secret: Secret) throws(CryptoError) -> OpaquePointer {
        let key = secret.reveal { text -> OpaquePointer? in
            let bytes = Array(text.utf8)
            let source = BIO_new_mem_buf(bytes, Int32(clamping: bytes.count))
            defer { BIO_free(source) }
            // Without this answer OpenSSL would ask for a passphrase on the terminal.
            return PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in 0 }, nil)
        }
        ERR_clear_error()
        guard let key else {
            throw CryptoError(
                "the private key cannot be read", hint: "it must be an unencrypted PEM file, PKCS#1 or PKCS#8")
        }
        return key
    }
}

/// A cryptographic operation that failed; never says anything of the key.
package struct CryptoError: ExplainedError, Equatable {
    package let message: String
    package let hint: String?

    init(_ message: String, hint: String? = nil) { (self.message, self.hint) = (message, hint) }
}

/// Base 64 with the alphabet for URLs, without padding.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - UInt32(group.count)))
            for place in 0...group.count { text.append(alphabet[Int(bits >> (18 - 6 * UInt32(place)) & 63)]) }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
