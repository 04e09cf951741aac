internal import Basics
internal import TOML

/// TOML: sections of pairs, and the tables that they add up to.
struct TOMLSource: StructuredText {
    let bytes: [UInt8]
    let document: TOMLDocument
    let value: JSON

    init(_ bytes: [UInt8]) throws(EditRefusal) {
        self.bytes = bytes
        do throws(TOMLError) { document = try TOMLDocument(bytes) } catch {
            throw EditRefusal(syntax: error.message, at: error.position)
        }
        value = document.value
    }

    func edits(setting value: JSON, at steps: [ValuePath.Step]) throws(EditRefusal) -> [[ByteEdit]] {
        [try TOMLWriter(source: self).edits(setting: value, at: steps)]
    }
}
