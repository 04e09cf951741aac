package import Basics
internal import COpenSSL

/// Computes a SHA-256 digest piece by piece.
package struct SHA256: ~Copyable {
    private let context: OpaquePointer?
    /// Looked up once: the look-up costs more than a short digest.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    package init() {
        context = EVP_MD_CTX_new()
        EVP_DigestInit_ex(context, Self.algorithm, nil)
    }

    deinit { EVP_MD_CTX_free(context) }

    package mutating func update(_ bytes: [UInt8]) { EVP_DigestUpdate(context, bytes, bytes.count) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    }

    package consuming func finalize() -> Digest {
        var result = [UInt8](repeating: 0, count: 32)
        EVP_DigestFinal_ex(context, &result, nil)
        return Digest(bytes: result)!
    }

    package static func digest(of bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func digest(of text: String) -> Digest { digest(of: Array(text.utf8)) }
}

/// Proves that a message comes from somebody who knows the key.
package enum HMAC {
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        COpenSSL.HMAC(EVP_sha256(), key, Int32(key.count), message, message.count, &result, nil)
        return result
    }
}

/// Comparison that takes as long for a wrong value as for the right one.
package enum ConstantTime {
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
