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
