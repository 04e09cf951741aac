package import Basics
internal import COpenSSL

/// Computes a SHA-256 digest piece by piece.
package struct SHA256: ~Copyable {
    private var state = SHA256_CTX()

    package init() { SHA256_Init(&state) }

    package mutating func update(_ bytes: [UInt8]) { SHA256_Update(&state, bytes, bytes.count) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256_Update(&state, bytes.baseAddress, bytes.count)
    }

    package consuming func finalize() -> Digest {
        var result = [UInt8](repeating: 0, count: 32)
        SHA256_Final(&result, &state)
        return Digest(bytes: result)!
    }

    package static func digest(of bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.finalize()
    }

    package static func digest(of text: String) -> Digest { digest(of: Array(text.utf8)) }
}

/// Proves that a message comes from somebody who knows the key (RFC 2104).
package enum HMAC {
    private static let blockSize = 64

    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > blockSize ? SHA256.digest(of: key).bytes : key
        block += [UInt8](repeating: 0, count: blockSize - block.count)
        let inner = SHA256.digest(of: block.map { $0 ^ 0x36 } + message)
        return SHA256.digest(of: block.map { $0 ^ 0x5C } + inner.bytes).bytes
    }
}

/// Comparison that takes as long for a wrong value as for the right one.
package enum ConstantTime {
    package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
