internal import COpenSSL

/// Git's digest: a name for content, not a proof of anything.
package enum SHA1 {
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA1", nil)

    package static func digest(of bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 20)
        EVP_Digest(bytes, bytes.count, &result, nil, algorithm, nil)
        return result
    }
}
