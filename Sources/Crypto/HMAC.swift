internal import Basics
package import Secrets

/// HMAC with SHA-256 (RFC 2104).
package enum HMAC {
    private static let block = 64

    package static func sha256(_ message: [UInt8], key: Secret) -> [UInt8] {
        sha256(message, key: key.reveal { Array($0.utf8) })
    }

    /// With a key that was derived from another one.
    package static func sha256(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var padded = key
        if padded.count > block { padded = SHA256.digest(of: padded).bytes }
        padded += Array(repeating: 0, count: block - padded.count)
        let inner = SHA256.digest(of: padded.map { $0 ^ 0x36 } + message).bytes
        return SHA256.digest(of: padded.map { $0 ^ 0x5C } + inner).bytes
    }
}
