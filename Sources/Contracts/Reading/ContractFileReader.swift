internal import Basics
internal import YAML

/// Opens the files of a contract one after the other, and keeps what was read and every diagnostic.
struct ContractFileReader {
    enum Opened {
        case absent
        case refused
        /// The root is `nil` where the file says nothing.
        case root(YAMLNode?, ReadingContext)
    }

    var diagnostics: [Diagnostic] = []
    private(set) var files: [SourceFile] = []
    private var bytesRead = 0

    mutating func report(_ id: DiagnosticID, _ message: String, in file: String, hint: String? = nil) {
        let start = SourceSpan(start: .start, end: .start)
        diagnostics.append(
            Diagnostic(
                id.rawValue, id.severity, message, at: SourcePlace(file: file, span: start), hint: hint))
    }

    mutating func take(_ context: ReadingContext) { diagnostics += context.diagnostics }

    mutating func open(_ path: String, in source: some ContractSource) -> Opened {
        do throws(ContractSourceError) {
            guard let bytes = try source.read(path) else { return .absent }
            return open(path, bytes)
        } catch {
            report(error, path)
            return .refused
        }
    }

    mutating func open(_ path: String, _ bytes: [UInt8]) -> Opened {
        bytesRead += bytes.count
        guard bytes.count <= contractFileLimit, bytesRead <= ContractBounds.totalBytes else {
            report(.tooLarge(limit: contractFileLimit), path)
            return .refused
        }
        let secrets = ContractSecrets.findings(in: bytes)
        files.append(
            SourceFile(path: path, bytes: bytes, secrets: ContractSecrets.stretches(of: secrets, in: bytes)))
        var context = ReadingContext(file: path, bytes: bytes)
        ContractSecrets.report(secrets, in: bytes, &context)
        do throws(YAMLError) {
            var limits = YAMLLimits()
            limits.bytes = contractFileLimit
            limits.nodes = ContractBounds.nodes
            return .root(root(of: try YAML.parse(bytes, limits: limits), &context), context)
        } catch {
            context.report(
                DiagnosticID(rawValue: error.kind.rawValue) ?? .yamlSyntax, error.message, at: error.span,
                related: error.related.map { .init($0.message, at: context.place($0.span)) }, hint: error.hint)
            take(context)
            return .refused
        }
    }

    /// The paths of the YAML files in a directory, sorted.
    mutating func yamlFiles(in directory: String, of source: some ContractSource) -> [String] {
        do throws(ContractSourceError) {
            let names = try source.list(directory)
                .filter { ($0.hasSuffix(".yaml") || $0.hasSuffix(".yml")) && !$0.hasPrefix(".") }.sorted()
            guard names.count <= ContractBounds.backlogFiles else {
                report(
                    .fileTooLarge, "\(directory) holds more than \(ContractBounds.backlogFiles) files",
                    in: directory)
                return []
            }
            return names.map { "\(directory)/\($0)" }
        } catch {
            report(error, directory)
            return []
        }
    }

    /// Everything that was found, without what is said twice and without any secret.
    func finished() -> [Diagnostic] {
        var diagnostics = diagnostics.sortedByPlace()
        if diagnostics.count > ContractBounds.diagnostics {
            diagnostics.removeLast(diagnostics.count - ContractBounds.diagnostics)
            diagnostics.append(
                Diagnostic(
                    DiagnosticID.fileTooLarge.rawValue, .error,
                    "there are more than \(ContractBounds.diagnostics) things to say; the rest is left out",
                    at: nil
                ))
        }
        let secrets = Set(
            files.flatMap { file in file.secrets.map { String(decoding: file.bytes[$0], as: UTF8.self) } })
        return secrets.isEmpty ? diagnostics : diagnostics.map { $0.hiding(secrets) }
    }

    private func root(of documents: [YAMLDocument], _ context: inout ReadingContext) -> YAMLNode? {
        for document in documents {
            for problem in document.problems {
                context.report(
                    DiagnosticID(rawValue: problem.kind.rawValue) ?? .duplicateKey, problem.message,
                    at: problem.span,
                    related: problem.related.map { .init($0.message, at: context.place($0.span)) },
                    hint: "keep one of them")
            }
        }
        if let extra = documents.dropFirst().first {
            context.report(
                .extraDocuments, "only the first document of a file is read, and this is a further one",
                at: extra.root?.head, hint: "take the '---' out, or make it a file of its own")
        }
        guard let root = documents.first?.root, !root.isNull else { return nil }
        return root
    }

    private mutating func report(_ error: ContractSourceError, _ path: String) {
        switch error {
        case .symlink:
            report(
                .fileUnreadable,
                "\(path) is or lies behind a symlink, and where it leads is no part of the repository",
                in: path, hint: "replace the symlink with what it points to")
        case .directory: report(.fileUnreadable, "\(path) is a directory, not a file", in: path)
        case .notAFile:
            report(.fileUnreadable, "\(path) is not what it should be: a file or a directory", in: path)
        case .tooLarge(let limit):
            report(
                .fileTooLarge, "\(path) is larger than the \(SizeText.text(limit)) that are read", in: path,
                hint: "split the backlog into files under .leviathan/backlog/")
        case .unreadable(let reason, let hint):
            report(.fileUnreadable, "\(path) cannot be read: \(reason)", in: path, hint: hint)
        }
    }
}

extension Diagnostic {
    /// The same, with every secret starred.
    fileprivate func hiding(_ secrets: Set<String>) -> Diagnostic {
        let hide = { (text: String) in
            secrets.reduce(text) { text, secret in
                var rest = text[...]
                var result = ""
                while let found = rest.firstRange(of: secret) {
                    result += rest[..<found.lowerBound] + "***"
                    rest = rest[found.upperBound...]
                }
                return result + rest
            }
        }
        return Diagnostic(
            id, severity, hide(message), at: place,
            related: related.map { .init(hide($0.message), at: $0.place) }, hint: hint.map(hide), fix: fix)
    }
}
