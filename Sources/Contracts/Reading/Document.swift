internal import Basics
internal import YAML

/// Reads one file into the root of its tree, with everything that stands in the way as diagnostics.
enum Document {
    /// `nil` when there is nothing to read on with.
    static func root(of bytes: [UInt8], _ sink: DiagnosticSink) -> YAMLNode? {
        do throws(YAMLError) {
            let documents = try YAML.parse(bytes)
            for problem in documents.flatMap(\.problems) {
                sink.report(
                    .duplicateKey, problem.message.printable, at: problem.span,
                    related: problem.related.map { sink.related($0.message, $0.span) }, hint: "remove one of them")
            }
            let filled = documents.compactMap(\.root)
            if filled.count > 1 {
                sink.report(
                    .extraDocuments, "the file holds more than one document; the first is read",
                    severity: .warning,
                    at: filled[1].span)
            }
            return filled.first
        } catch {
            sink.report(
                DiagnosticID(rawValue: error.kind.rawValue) ?? .yamlSyntax, error.message, at: error.span,
                related: error.related.map { sink.related($0.message, $0.span) }, hint: error.hint)
            return nil
        }
    }
}
