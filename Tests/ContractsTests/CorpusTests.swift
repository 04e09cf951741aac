import Basics
import Contracts
import Runner
import Testing

/// The loader and the schemas are held against the same files; `scripts/check-schemas.sh` does the schemas' half.
@Suite struct CorpusTests {
    @Test(arguments: SchemaDocument.Kind.allCases)
    func theLoaderTakesAndRefusesTheCorpus(kind: SchemaDocument.Kind) throws {
        for group in ["valid", "invalid"] {
            let directory = "docs/schema/corpus/\(kind.rawValue)/\(group)"
            let names = try Documents.list(directory)
            #expect(!names.isEmpty)
            for name in names {
                let path = "\(directory)/\(name)"
                let (hasErrors, shown) = try read(Documents.read(path), kind)
                #expect(hasErrors == (group == "invalid"), "\(path)\n\(shown)")
            }
        }
    }

    @Test(arguments: SchemaDocument.Kind.allCases)
    func theSchemasAreUpToDate(kind: SchemaDocument.Kind) throws {
        try Documents.expect(
            "docs/schema/\(kind.rawValue).schema.json",
            SchemaDocument.text(kind, executors: ExecutorRegistry.inputs, scopes: ExecutorRegistry.usualScopes))
    }

    @Test func thePageOfFormatsIsUpToDate() throws {
        try Documents.expect("docs/formats.md", FormatReference.markdown)
    }

    private func read(_ bytes: [UInt8], _ kind: SchemaDocument.Kind) -> (hasErrors: Bool, shown: String) {
        var source = MemorySource()
        let name = "file.yaml"
        switch kind {
        case .contract: source.files[ContractPaths.contract] = bytes
        case .policy:
            source.files[ContractPaths.policy] = bytes
            source.files[ContractPaths.backlog] = Array("tasks: []\n".utf8)
        case .backlog: source.files[ContractPaths.backlog] = bytes
        case .target: return summary(TargetFileLoader.load(bytes, file: name))
        case .autonomy: return summary(AutonomyFileLoader.load(bytes, file: name))
        case .config: return summary(MachineConfigurationLoader.load(bytes, file: name))
        }
        let reading = ContractLoader.load(from: source, executors: ExecutorDeclarations(ExecutorRegistry.inputs))
        return (reading.hasErrors, reading.shown)
    }

    private func summary<Value>(_ reading: FileReading<Value>) -> (Bool, String) {
        (reading.hasErrors, reading.diagnostics.map(\.message).joined(separator: "\n"))
    }
}
