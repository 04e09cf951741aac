internal import COpenSSL

/// Git's digest: a name for content, not a proof of anything.
package enum SHA1 {
    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 20)
        var state = SHA_CTX()
        SHA1_Init(&state)
        SHA1_Update(&state, bytes, bytes.count)
        SHA1_Final(&result, &state)
        return result
    }
}
