internal import Basics
internal import CMbedTLS
package import Secrets

/// Signs with an RSA key and SHA-256, as a JSON Web Token of a GitHub App asks for.
package enum RS256 {
    /// The key is PEM text, PKCS#1 or PKCS#8.
    package static func sign(_ message: [UInt8], privateKey: Secret) throws(CryptoError) -> [UInt8] {
        var key = mbedtls_pk_context()
        mbedtls_pk_init(&key)
        defer { mbedtls_pk_free(&key) }
        try load(privateKey, into: &key)
        guard mbedtls_pk_get_type(&key) == MBEDTLS_PK_RSA else {
            throw CryptoError("the private key is not an RSA key")
        }
        var signature = [UInt8](repeating: 0, count: Int(MBEDTLS_PK_SIGNATURE_MAX_SIZE))
        var length = 0
        guard shim_sign(&key, SHA256.digest(of: message).bytes, &signature, &length) == 0 else {
            throw CryptoError("the message cannot be signed")
        }
        return Array(signature[..<length])
    }

    private static func load(_ secret: Secret, into key: inout mbedtls_pk_context) throws(CryptoError) {
        let problem = secret.reveal { text -> Int32 in
            var bytes = Array(text.utf8) + [0]
            defer { mbedtls_platform_zeroize(&bytes, bytes.count) }
            return shim_parse_key(&key, bytes, bytes.count)
        }
        guard problem == 0 else {
            throw CryptoError(
                "the private key cannot be read", hint: "it must be an unencrypted PEM file, PKCS#1 or PKCS#8")
        }
    }
}

/// A cryptographic operation that failed; never says anything of the key.
package struct CryptoError: ExplainedError, Equatable {
    package let message: String
    package let hint: String?

    init(_ message: String, hint: String? = nil) { (self.message, self.hint) = (message, hint) }
}
