package import Basics

/// What a TOML 1.0 file says, and where each part of it stands.
package struct TOMLDocument {
    /// In the order of the file; the first one is the root.
    package let sections: [TOMLSection]
    package let root: TOMLTable

    package init(_ bytes: [UInt8]) throws(TOMLError) {
        if let problem = Self.stray(in: bytes) { throw problem }
        var reader = TOMLReader(bytes)
        try reader.document()
        (sections, root) = (reader.sections, reader.root)
    }

    package var value: JSON { root.value }

    /// A byte that may stand nowhere in TOML, so that the reader need not look for it.
    private static func stray(in bytes: [UInt8]) -> TOMLError? {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            return TOMLError("the file is not valid UTF-8", at: nil)
        }
        let control = bytes.indices.first { index in
            switch bytes[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"): false
            case UInt8(ascii: "\r"): index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n")
            case let byte: byte < 0x20 || byte == 0x7F
            }
        }
        return control.map { TOMLError("a control character", at: SourcePosition(of: $0, in: bytes)) }
    }
}

/// Why a text is not TOML.
package struct TOMLError: ExplainedError, Equatable {
    package let message: String
    /// Where; `nil` for a text that is none at all.
    package let position: SourcePosition?
    package let hint: String?

    init(_ problem: String, at position: SourcePosition?, hint: String? = nil) {
        (message, self.position, self.hint) = ("not valid TOML: \(problem)", position, hint)
    }
}
