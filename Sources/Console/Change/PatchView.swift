internal import Basics
internal import Pages

/// A change as lines that were added and removed, file by file; large files are folded.
struct PatchView {
    /// A file with more lines is folded.
    private static let openLines = 200

    private let patch: Patch

    init(_ text: String) { patch = Patch(text) }

    static func markup(_ text: String) -> Markup { PatchView(text).markup }

    var markup: Markup {
        let rest: Markup =
            patch.omitted > 0 ? "<p>\(patch.omitted) more lines are not shown.</p>" : Markup()
        let files = patch.files.map { file -> Markup in
            let head: Markup =
                "\(Markup.name(file.name)) <span class=\"quiet\">+\(file.added) −\(file.removed)</span>"
            let isOpen: Markup = file.lines.count <= Self.openLines ? " open" : ""
            return """
                <details\(isOpen)><summary>\(head)</summary>
                <pre class="patch" tabindex="0" role="region" aria-label="\(file.name)">\(Self.lines(of: file))</pre>
                </details>

                """
        }
        return "\(files)\(rest)"
    }

    private static func lines(of file: Patch.File) -> Markup {
        let bytes = file.lines.map { Array($0.text.utf8) }
        let (changed, syntax) = (changedParts(file.lines, bytes), syntax(file, bytes))
        var markup = Markup()
        for (place, line) in file.lines.enumerated() {
            let text =
                line.kind == .place || line.kind == .note
                ? "\(line.text)" as Markup : self.text(bytes[place], syntax[place], changed[place])
            markup += "<span class=\"\(line.kind.rawValue)\">\(sign(line.kind))\(text)\n</span>"
        }
        return markup
    }

    private static func sign(_ kind: Patch.Kind) -> String {
        switch kind {
        case .added: "+"
        case .removed: "-"
        case .kept: " "
        case .place, .note: ""
        }
    }

    /// What differs within lines that replace each other, by their places.
    private static func changedParts(_ lines: [Patch.Line], _ bytes: [[UInt8]]) -> [Range<Int>?] {
        var parts = [Range<Int>?](repeating: nil, count: lines.count)
        var place = 0
        while place < lines.count {
            let old = run(of: .removed, from: place, in: lines)
            let new = run(of: .added, from: old.upperBound, in: lines)
            for (before, after) in zip(old, new) {
                guard let part = ChangedPart(bytes[before], bytes[after]) else { continue }
                (parts[before], parts[after]) = (part.old, part.new)
            }
            place = max(new.upperBound, place + 1)
        }
        return parts
    }

    private static func run(of kind: Patch.Kind, from start: Int, in lines: [Patch.Line]) -> Range<Int> {
        var end = start
        while end < lines.count, lines[end].kind == kind { end += 1 }
        return start..<end
    }

    /// Both sides are read as they stand in their files: a comment that begins in a line that stays goes on in those
    /// that were added.
    private static func syntax(_ file: Patch.File, _ bytes: [[UInt8]]) -> [[(
        range: Range<Int>, mark: SyntaxMarks.Mark
    )]] {
        let marks = SyntaxMarks(file: file.name)
        var found = [[(range: Range<Int>, mark: SyntaxMarks.Mark)]](repeating: [], count: file.lines.count)
        var start = 0
        while start < file.lines.count {
            var end = start + 1
            while end < file.lines.count, file.lines[end].kind != .place { end += 1 }
            for side in [Patch.Kind.removed, .added] {
                let places = (start..<end).filter { [side, .kept].contains(file.lines[$0].kind) }
                for (place, mark) in zip(places, marks.marks(places.map { bytes[$0] })) { found[place] = mark }
            }
            start = end
        }
        return found
    }

    /// The text of a line in pieces, each with what it is.
    private static func text(
        _ bytes: [UInt8], _ syntax: [(range: Range<Int>, mark: SyntaxMarks.Mark)], _ changed: Range<Int>?
    ) -> Markup {
        guard !syntax.isEmpty || changed != nil else { return "\(String(decoding: bytes, as: UTF8.self))" }
        var cuts = Set([0, bytes.count])
        for each in syntax { cuts.formUnion([each.range.lowerBound, each.range.upperBound]) }
        if let changed { cuts.formUnion([changed.lowerBound, changed.upperBound]) }
        let places = cuts.sorted()
        var (markup, next) = (Markup(), 0)
        for (start, end) in zip(places, places.dropFirst()) {
            while next < syntax.count, syntax[next].range.upperBound <= start { next += 1 }
            let mark = next < syntax.count && syntax[next].range.contains(start) ? syntax[next].mark : nil
            let isChanged = changed?.contains(start) == true
            let text = String(decoding: bytes[start..<end], as: UTF8.self)
            switch (mark, isChanged) {
            case (nil, false): markup += "\(text)"
            case (nil, true): markup += "<mark>\(text)</mark>"
            case (let mark?, false): markup += "<span class=\"\(mark.rawValue)\">\(text)</span>"
            case (let mark?, true): markup += "<mark class=\"\(mark.rawValue)\">\(text)</mark>"
            }
        }
        return markup
    }
}
