internal import Basics
internal import CYAML

/// Reads YAML into trees whose nodes know where they stand.
package enum YAML {
    /// Every document of a stream; an empty file has none.
    package static func parse(
        _ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> [YAMLDocument] {
        let text = try YAMLText(bytes, limit: limits.bytes)
        return try bytes.withUnsafeBufferPointer { input throws(YAMLError) in
            var parser = YAMLEventParser(text, UnsafeBufferPointer(rebasing: input[text.start...]))
            defer { parser.delete() }
            return try documents(of: &parser, text, limits)
        }
    }

    private static func documents(
        of parser: inout YAMLEventParser, _ text: YAMLText, _ limits: YAMLLimits
    ) throws(YAMLError) -> [YAMLDocument] {
        var documents: [YAMLDocument] = []
        while let event = try parser.next() {
            defer { parser.release() }
            guard event.type == YAML_DOCUMENT_START_EVENT else { continue }
            var builder = YAMLTreeBuilder(text: text, limits: limits)
            documents.append(try builder.document(from: &parser))
            guard documents.count <= limits.documents else {
                throw YAMLError(
                    .tooManyNodes, "the file has more than \(limits.documents) documents",
                    at: text.span(event.start_mark, event.end_mark))
            }
        }
        return documents
    }
}

/// libyaml's parser, one event at a time.
struct YAMLEventParser {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let event: UnsafeMutablePointer<yaml_event_t>
    private let text: YAMLText
    private var holdsEvent = false
    private var isFinished = false

    /// `input` has to live as long as the parser.
    init(_ text: YAMLText, _ input: UnsafeBufferPointer<UInt8>) {
        self.text = text
        parser = .allocate(capacity: 1)
        event = .allocate(capacity: 1)
        yaml_parser_initialize(parser)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    mutating func delete() {
        release()
        yaml_parser_delete(parser)
        parser.deallocate()
        event.deallocate()
    }

    /// The next event, valid until the call after it; `nil` at the end of the stream.
    mutating func next() throws(YAMLError) -> yaml_event_t? {
        release()
        if isFinished { return nil }
        guard yaml_parser_parse(parser, event) == 1 else { throw failure() }
        holdsEvent = true
        isFinished = event.pointee.type == YAML_STREAM_END_EVENT
        return isFinished ? nil : event.pointee
    }

    mutating func release() {
        if holdsEvent { yaml_event_delete(event) }
        holdsEvent = false
    }

    private func failure() -> YAMLError {
        let raw = parser.pointee
        let problem = raw.problem.map { String(cString: $0) } ?? "it cannot be read"
        var mark = raw.problem_mark
        if raw.error == YAML_READER_ERROR {
            (mark.index, mark.line, mark.column) = (raw.mark.index, raw.mark.line, raw.mark.column)
        }
        let span = text.span(mark, mark)
        guard let context = raw.context.map({ String(cString: $0) }) else {
            return YAMLError(.syntax, problem, at: span, hint: Self.hint(for: problem))
        }
        let place = text.span(raw.context_mark, raw.context_mark)
        return YAMLError(
            .syntax, problem, at: span, related: [(context, place)], hint: Self.hint(for: problem))
    }

    private static func hint(for problem: String) -> String? {
        if problem.contains("cannot start any token") {
            return "quote the value; plain text cannot start with a tab, '@', '`' or '%'"
        }
        if problem.contains("mapping values are not allowed") { return "quote text that contains ': '" }
        if problem.contains("did not find expected key") || problem.contains("did not find expected '-'") {
            return "check the indentation of this line and those above it"
        }
        return nil
    }
}
