internal import Basics
internal import CYAML

/// The nodes of one document side by side, in the order in which they begin: a collection, then all that it holds.
///
/// A node costs 32 bytes and no allocation, and everything goes at once; backlogs have millions of them.
final class YAMLTree: Sendable {
    enum Kind: UInt8 {
        case plain, singleQuoted, doubleQuoted, literal, folded
        case blockSequence, flowSequence, blockMapping, flowMapping
        case alias
    }

    struct Slot {
        let start: SourcePosition
        var end: SourcePosition
        /// Of a scalar, its place in `texts`, or `asWritten`; of a collection, the slot behind all that it holds;
        /// of an alias, the slot that it stands for.
        var link: UInt32
        let kind: Kind
        /// Whether there is something about it in `properties`.
        let hasProperties: Bool

        /// The text of the scalar is what the file holds at its place, quotes apart.
        static let asWritten = UInt32.max
    }

    /// What few nodes have.
    struct Properties {
        let slot: UInt32
        /// As written, such as `!!str`.
        let tag: String?
        let anchor: String?
    }

    let source: [UInt8]
    let slots: [Slot]
    /// Where the texts that the file does not hold as they read lie in `unescaped`.
    let texts: [Range<UInt32>]
    let unescaped: [UInt8]
    /// In the order of their slots.
    let properties: [Properties]

    init(
        source: [UInt8], slots: [Slot], texts: [Range<UInt32>], unescaped: [UInt8], properties: [Properties]
    ) {
        (self.source, self.slots, self.texts) = (source, slots, texts)
        (self.unescaped, self.properties) = (unescaped, properties)
    }

    /// Lends the texts of all scalars where they lie: for walks over whole documents.
    func withTexts<Result>(_ body: (Texts) -> Result) -> Result {
        source.withUnsafeBytes { source in
            unescaped.withUnsafeBytes { unescaped in
                slots.withUnsafeBufferPointer { slots in
                    texts.withUnsafeBufferPointer { texts in
                        body(Texts(source: source, unescaped: unescaped, slots: slots, texts: texts))
                    }
                }
            }
        }
    }

    /// The texts of a document's scalars, valid as long as they are lent.
    struct Texts {
        fileprivate let source: UnsafeRawBufferPointer
        fileprivate let unescaped: UnsafeRawBufferPointer
        let slots: UnsafeBufferPointer<Slot>
        fileprivate let texts: UnsafeBufferPointer<Range<UInt32>>

        func text(of slot: UInt32) -> UnsafeRawBufferPointer {
            let slot = slots[Int(slot)]
            if slot.link == Slot.asWritten { return UnsafeRawBufferPointer(rebasing: source[slot.written]) }
            let range = texts[Int(slot.link)]
            return UnsafeRawBufferPointer(
                rebasing: unescaped[Int(range.lowerBound)..<Int(range.upperBound)])
        }
    }

    /// Whether two texts are the same bytes.
    static func isSame(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let start = left.baseAddress, let other = right.baseAddress, !left.isEmpty else { return true }
        return memcmp(start, other, left.count) == 0
    }

    /// The slot behind a node and all that it holds.
    func next(after slot: UInt32) -> UInt32 {
        slots[Int(slot)].kind.isCollection ? slots[Int(slot)].link : slot + 1
    }

    /// The node itself, or what it stands for.
    func resolved(_ slot: UInt32) -> UInt32 {
        slots[Int(slot)].kind == .alias ? slots[Int(slot)].link : slot
    }

    func properties(of slot: UInt32) -> Properties? {
        guard slots[Int(slot)].hasProperties else { return nil }
        var (low, high) = (0, properties.count)
        while low < high {
            let middle = (low + high) / 2
            if properties[middle].slot < slot { low = middle + 1 } else { high = middle }
        }
        return properties[low]
    }

    var aliasedAnchors: Set<String> {
        // Without anchors there are no aliases.
        guard !properties.isEmpty else { return [] }
        return Set(slots.lazy.filter { $0.kind == .alias }.compactMap { self.properties(of: $0.link)?.anchor })
    }

    /// The bytes of a scalar's text.
    func text(of slot: UInt32) -> ArraySlice<UInt8> {
        let slot = slots[Int(slot)]
        if slot.link == Slot.asWritten { return source[slot.written] }
        let range = texts[Int(slot.link)]
        return unescaped[Int(range.lowerBound)..<Int(range.upperBound)]
    }

    func textLength(of slot: UInt32) -> Int {
        let slot = slots[Int(slot)]
        return slot.link == Slot.asWritten ? slot.written.count : texts[Int(slot.link)].count
    }
}

extension YAMLTree.Kind {
    var isCollection: Bool { isSequence || isMapping }

    var isSequence: Bool { self == .blockSequence || self == .flowSequence }

    var isMapping: Bool { self == .blockMapping || self == .flowMapping }

    var isQuoted: Bool { self == .singleQuoted || self == .doubleQuoted }

    /// `nil` for what is no scalar.
    var style: YAMLScalar.Style? {
        switch self {
        case .plain: .plain
        case .singleQuoted: .singleQuoted
        case .doubleQuoted: .doubleQuoted
        case .literal: .literal
        case .folded: .folded
        default: nil
        }
    }
}

extension YAMLTree.Slot {
    var span: SourceSpan { SourceSpan(start: start, end: end) }

    /// Where a text that is taken from the file stands there.
    var written: Range<Int> {
        let quotes = kind.isQuoted ? 1 : 0
        return start.offset + quotes..<end.offset - quotes
    }
}
