import Basics
import Contracts
import Runner
import Testing

@Suite struct DiagnosticCatalogTests {
    @Test(arguments: DiagnosticID.allCases)
    func theBadExampleGivesExactlyItsID(id: DiagnosticID) {
        let reading = read(id.entry.bad)
        #expect(id.entry.id == id)
        #expect(reading.ids == [id.rawValue], "\(reading.shown)")
        #expect(reading.diagnostics.contains { $0.severity == id.severity })
        #expect(reading.isRefused == (id.severity == .error))
    }

    @Test(arguments: DiagnosticID.allCases)
    func theMendedExampleGivesNothing(id: DiagnosticID) {
        let reading = read(id.entry.mended)
        #expect(reading.diagnostics.isEmpty && reading.contract != nil, "\(reading.shown)")
    }

    @Test func thePageIsUpToDate() throws {
        try Documents.expect("docs/diagnostics.md", DiagnosticReference.markdown)
    }

    private func read(_ example: DiagnosticEntry.Example) -> ContractReading {
        var source = MemorySource()
        source.files = DiagnosticEntry.companions.mapValues { Array($0.utf8) }
        switch example {
        case .text(let file, let text): source.files[file] = Array(text.utf8)
        case .bytes(let file, let bytes, _): source.files[file] = bytes
        case .absent(let file): source.files[file] = nil
        case .fault(let file, let fault, _): source.faults[file] = fault
        }
        return ContractLoader.load(from: source, executors: ExecutorDeclarations(ExecutorRegistry.inputs))
    }
}
