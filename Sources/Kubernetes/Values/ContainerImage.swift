internal import Basics

/// An image that always means the same: one that was built on the node, or one that is named by its digest.
package struct ContainerImage: Hashable, Sendable {
    package let reference: String
    /// Everything before the tag or the digest.
    package let name: String

    /// `leviathan:local`, which a person builds and loads into the nodes.
    package static let local = ContainerImage(unchecked: "leviathan:local", name: "leviathan")

    private init(unchecked reference: String, name: String) { (self.reference, self.name) = (reference, name) }

    package init(_ reference: String) throws(ImageReferenceError) {
        guard !reference.isEmpty, reference.utf8.count <= 500, reference.utf8.allSatisfy(Self.isAllowed) else {
            throw ImageReferenceError(reference, "it is no reference of an image")
        }
        if let at = reference.firstIndex(of: "@") {
            let digest = reference[at...].dropFirst()
            guard digest.hasPrefix("sha256:"), digest.utf8.count == 71, Hex.decode(digest.dropFirst(7)) != nil
            else {
                throw ImageReferenceError(reference, "its digest is none")
            }
            self.init(unchecked: reference, name: Self.withoutTag(reference[..<at]))
        } else if reference.hasSuffix(":local") {
            self.init(unchecked: reference, name: Self.withoutTag(reference[...]))
        } else {
            throw ImageReferenceError(reference, "its tag can mean another image tomorrow")
        }
        guard !name.isEmpty, !name.contains("@") else {
            throw ImageReferenceError(reference, "it is no reference of an image")
        }
    }

    package var isLocal: Bool { reference.hasSuffix(":local") }

    /// The digest with its algorithm; `nil` for a local image.
    package var digest: String? { reference.firstIndex(of: "@").map { String(reference[$0...].dropFirst()) } }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || "._-/:@".utf8.contains(byte)
    }

    /// A colon behind the last slash begins a tag; one before it, a port.
    private static func withoutTag(_ text: Substring) -> String {
        let start = text.lastIndex(of: "/") ?? text.startIndex
        guard let colon = text[start...].firstIndex(of: ":") else { return String(text) }
        return String(text[..<colon])
    }
}

/// Why an image cannot be used.
package struct ImageReferenceError: ExplainedError {
    package let reference: String
    package let reason: String

    init(_ reference: String, _ reason: String) { (self.reference, self.reason) = (reference, reason) }

    package var message: String { "the image '\(reference)' cannot be used: \(reason)" }

    package var hint: String? { "name it by its digest, NAME@sha256:…, or build it locally as NAME:local" }
}
