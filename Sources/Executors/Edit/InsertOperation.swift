internal import Basics
internal import Contracts
package import Editing
internal import Paths

/// A place in a file, by a text that stands there exactly once.
package struct Anchor {
    package enum Side { case before, after }

    let side: Side
    package let text: String

    /// The keys `before` and `after`; `nil` where there is neither.
    package init?(_ fields: OperationFields) throws(EditRefusal) {
        switch (try fields.optionalNonEmptyText("before"), try fields.optionalNonEmptyText("after")) {
        case (let text?, nil): (side, self.text) = (.before, text.replacing("\r\n", with: "\n"))
        case (nil, let text?): (side, self.text) = (.after, text.replacing("\r\n", with: "\n"))
        case (nil, nil): return nil
        default: throw EditRefusal("it is 'before' and 'after' at once")
        }
    }

    /// Where lines are to be added: at the start of a line, or at the end of a last line that is not ended.
    package func places(in bytes: [UInt8]) -> [Int] {
        let wanted = text.replacing("\n", with: Lines.ending(of: bytes))
        return bytes.ranges(of: Array(wanted.utf8)).map { range in
            switch side {
            case .before: return Lines.start(of: range.lowerBound, in: bytes)
            case .after:
                let last = max(range.lowerBound, range.upperBound - 1)
                return Lines.next(after: last, in: bytes) ?? bytes.count
            }
        }
    }

    /// The one place; refuses a text that stands nowhere or more than once.
    package func place(in bytes: [UInt8]) throws(EditRefusal) -> Int {
        let places = places(in: bytes)
        guard places.count == 1 else { throw refusal(count: places.count) }
        return places[0]
    }

    package func refusal(count: Int) -> EditRefusal {
        EditRefusal(
            "the anchor '\(text.prefix(60))' stands \(count == 0 ? "nowhere" : "\(count) times")",
            hint: count == 0 ? nil : "give a longer text, which stands there once")
    }
}

/// `{insert: file, after: anchor, text: …}`: whole lines beside the line that holds the anchor.
struct InsertOperation: EditOperation {
    static let verb = "insert"
    static let inputs = {
        var record = InputRecord([
            Input(verb, .text, required: true, "The file or files.", example: ".gitignore"),
            Input("before", .text, "A text of the line that follows.", example: "\"# end\""),
            Input("after", .text, "A text of the line before.", example: "\"#!/bin/sh\""),
            Input("at", .choice(["start", "end"]), "One end of the file.", example: "end"),
            Input("text", .text, required: true, "The lines.", example: ".build/"),
        ])
        record.choice = ["before", "after", "at"]
        return record
    }()

    private enum Place {
        case beside(Anchor)
        case start, end
    }

    private let selection: FileSelection
    private let place: Place
    private let lines: [String]

    init(_ fields: OperationFields) throws(EditRefusal) {
        selection = try FileSelection(fields, "insert")
        let text = try fields.filledText("text").replacing("\r\n", with: "\n")
        guard !text.isEmpty else { throw EditRefusal("'text' is empty") }
        lines = (text.hasSuffix("\n") ? text.dropLast() : text[...])
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        switch (try Anchor(fields), try fields.optionalText("at")) {
        case (let anchor?, nil): place = .beside(anchor)
        case (nil, "start"): place = .start
        case (nil, "end"): place = .end
        case (nil, _?): throw EditRefusal("'at' is start or end")
        default: throw EditRefusal("'insert' needs one of 'before', 'after' and 'at'")
        }
    }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        let changed = try selection.edit(in: files) { (_, bytes) throws(EditRefusal) in try inserted(into: bytes) }
        let count = lines.count == 1 ? "a line" : "\(lines.count) lines"
        return changed.isEmpty ? [] : ["inserted \(count) into \(FileSelection.words(changed))"]
    }

    private func inserted(into bytes: [UInt8]) throws(EditRefusal) -> [UInt8] {
        let offset: Int
        switch place {
        case .start, .end:
            if isAnywhere(in: bytes) { return bytes }
            offset = if case .start = place { bytes.textStart } else { bytes.count }
        case .beside(let anchor):
            let places = anchor.places(in: bytes)
            if places.contains(where: { stands(at: $0, anchor.side, in: bytes) }) { return bytes }
            guard places.count == 1 else { throw anchor.refusal(count: places.count) }
            offset = places[0]
        }
        return ByteEdit.apply([Lines.insertion(of: lines, at: offset, in: bytes)], to: bytes)
    }

    private func text(in bytes: [UInt8]) -> [UInt8] {
        Array(lines.joined(separator: Lines.ending(of: bytes)).utf8)
    }

    /// Whether the lines stand there already, on the far side of the place.
    private func stands(at place: Int, _ side: Anchor.Side, in bytes: [UInt8]) -> Bool {
        let text = text(in: bytes)
        switch side {
        case .after: return bytes[place...].starts(with: text) && endsLine(place + text.count, in: bytes)
        case .before:
            let newLine = Array(Lines.ending(of: bytes).utf8)
            let start = place - text.count - newLine.count
            return start >= bytes.textStart && Array(bytes[start..<place]) == text + newLine
                && Lines.start(of: start, in: bytes) == start
        }
    }

    private func isAnywhere(in bytes: [UInt8]) -> Bool {
        bytes.ranges(of: text(in: bytes)).contains { range in
            Lines.start(of: range.lowerBound, in: bytes) == range.lowerBound
                && endsLine(range.upperBound, in: bytes)
        }
    }

    private func endsLine(_ offset: Int, in bytes: [UInt8]) -> Bool {
        offset == bytes.count || Lines.end(of: offset, in: bytes) == offset
    }
}

/// `{block: file, id: …, text: …}`: lines between two comments that mark them as the task's own.
struct BlockOperation: EditOperation {
    static let verb = "block"
    static let inputs = InputRecord([
        Input(verb, .text, required: true, "The file or files.", example: "Makefile"),
        Input("id", .text, required: true, "The name in the marks.", example: "release"),
        Input("text", .text, required: true, "The lines within.", example: "\"release: build\""),
        Input("before", .text, default: "the end", "A text of the line that follows.", example: "\"test:\""),
        Input("after", .text, "A text of the line before.", example: "\"build:\""),
        Input("comment", .text, default: "that of the name", "How comments are written.", example: "\"#\""),
    ])

    private let selection: FileSelection
    private let id: String
    private let text: String
    private let anchor: Anchor?
    private let style: CommentStyle?

    init(_ fields: OperationFields) throws(EditRefusal) {
        selection = try FileSelection(fields, "block")
        id = try fields.nonEmptyText("id")
        guard id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:".contains($0)) }),
            id.count <= 100
        else { throw EditRefusal("'id' is made of letters, digits and -_./: only") }
        let text = try fields.filledText("text").replacing("\r\n", with: "\n")
        self.text = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
        guard !text.contains("leviathan:begin \(id)"), !text.contains("leviathan:end \(id)") else {
            throw EditRefusal("'text' holds the marks of its own block")
        }
        anchor = try Anchor(fields)
        guard let comment = try fields.optionalText("comment") else {
            style = nil
            return
        }
        guard let style = CommentStyle(comment) else {
            throw EditRefusal(
                "'comment' is what opens a comment, and what closes it", hint: "such as \"#\" or \"<!-- -->\"")
        }
        self.style = style
    }

    func apply(to files: StagedFiles) throws(EditRefusal) -> [String] {
        if let path = selection.literal, anchor == nil, try files.read(path) == nil {
            try files.write(path, try updated([], path))
            return ["wrote the block \(id) into the new \(path)"]
        }
        let changed = try selection.edit(in: files) { (path, bytes) throws(EditRefusal) in try updated(bytes, path)
        }
        return changed.isEmpty ? [] : ["updated the block \(id) in \(FileSelection.words(changed))"]
    }

    private func updated(_ bytes: [UInt8], _ path: RepoPath) throws(EditRefusal) -> [UInt8] {
        guard let style = style ?? CommentStyle.of(fileName: path.name) else {
            throw EditRefusal(
                "nothing says how '\(path)' writes comments", hint: "add 'comment: …', such as comment: \"#\"")
        }
        let block = ManagedBlock(owner: id, style: style)
        let isNew = !block.isPresent(in: bytes)
        let place = isNew ? try anchor?.place(in: bytes) : nil
        guard let result = block.updating(bytes, with: text, at: place) else {
            throw EditRefusal("the marks of the block '\(id)' are no pair", hint: "mend or remove them by hand")
        }
        return result
    }
}
