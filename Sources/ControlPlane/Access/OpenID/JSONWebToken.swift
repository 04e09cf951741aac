internal import Basics
internal import Crypto

/// A signed token in its compact form (RFC 7515), whose claims count for nothing before its signature is proved.
struct JSONWebToken: Sendable {
    private static let sizeLimit = 32 << 10
    let algorithm: String
    let keyID: String?
    let claims: JSON
    private let signed: [UInt8]
    private let signature: [UInt8]

    init(_ text: String) throws(TokenProblem) {
        guard text.utf8.count <= Self.sizeLimit else { throw .malformed("it is too long") }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3 else { throw .malformed("it does not have three parts") }
        let header = try Self.object(parts[0], "header")
        guard let algorithm = header["alg"]?.string else { throw .algorithm("") }
        guard ["RS256", "ES256"].contains(algorithm) else { throw .algorithm(String(algorithm.prefix(40))) }
        // What must be understood and is not (RFC 7515, 4.1.11), and what is no token that a person logs in with.
        guard header["crit"] == nil else { throw .malformed("it demands an extension") }
        if let type = header["typ"]?.string?.lowercased(), type != "jwt" {
            throw .malformed("its type is '\(type)'")
        }
        guard let signature = Base64URL.decode(parts[2]) else { throw .malformed("its signature is not Base64") }
        self.algorithm = algorithm
        keyID = header["kid"]?.string
        claims = try Self.object(parts[1], "body")
        signed = Array((parts[0] + "." + parts[1]).utf8)
        self.signature = signature
    }

    private static func object(_ text: Substring, _ name: String) throws(TokenProblem) -> JSON {
        guard let bytes = Base64URL.decode(text), let json = try? JSON.parse(bytes, maximumDepth: 20),
            json.members != nil
        else { throw .malformed("its \(name) is no JSON object") }
        return json
    }

    /// A key judges only by the algorithm that it is for.
    func isSigned(by key: PublicKey) -> Bool {
        algorithm == key.algorithm && key.isSigned(signed, by: signature)
    }
}
