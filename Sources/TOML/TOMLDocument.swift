package import Basics

/// What a TOML 1.0 file says, and where each part of it stands.
package struct TOMLDocument {
    /// In the order of the file; the first one is the root.
    package let sections: [TOMLSection]
    package let root: TOMLTable

    package init(_ bytes: [UInt8]) throws(TOMLError) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw TOMLError("the file is not valid UTF-8", at: nil)
        }
        let stray = Self.stray(in: bytes)
        var reader = TOMLReader(bytes)
        do throws(TOMLError) { try reader.document() } catch {
            // What comes first in the file is what is told.
            if let stray, let offset = error.position?.offset, stray < offset { throw Self.control(stray, bytes) }
            throw error
        }
        if let stray { throw Self.control(stray, bytes) }
        (sections, root) = (reader.sections, reader.root)
    }

    package var value: JSON { root.value }

    /// The first byte that may stand nowhere in TOML, so that the reader need not look for such.
    private static func stray(in bytes: [UInt8]) -> Int? {
        bytes.indices.first { index in
            switch bytes[index] {
            case UInt8(ascii: "\n"), UInt8(ascii: "\t"): false
            case UInt8(ascii: "\r"): index + 1 == bytes.count || bytes[index + 1] != UInt8(ascii: "\n")
            case let byte: byte < 0x20 || byte == 0x7F
            }
        }
    }

    private static func control(_ offset: Int, _ bytes: [UInt8]) -> TOMLError {
        TOMLError("a control character", at: SourcePosition(of: offset, in: bytes))
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
