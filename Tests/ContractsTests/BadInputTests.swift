import Basics
import Contracts
import TestSupport
import Testing

@Suite struct BadInputTests {
    @Test(arguments: [
        (ContractSourceError.symlink, "file-unreadable"), (.directory, "file-unreadable"),
        (.notAFile, "file-unreadable"),
        (.unreadable("Permission denied"), "file-unreadable"), (.tooLarge(limit: 5), "file-too-large"),
    ])
    func everyFaultOfEveryFileIsReported(fault: ContractSourceError, id: String) {
        for path in [
            ContractPaths.contract, ContractPaths.policy, ContractPaths.backlog, ContractPaths.backlogDirectory,
        ] {
            var source = MemorySource()
            source.faults[path] = fault
            let reading = ContractLoader.load(from: source)
            #expect(reading.ids == [id] && reading.contract == nil)
            #expect(reading.diagnostics.first?.place?.file == path)
        }
    }

    @Test func saysWhatIsMissing() {
        #expect(
            load(contract: nil, policy: nil, backlog: nil).lines.sorted() == [
                "error[file-missing] 1:1", "error[file-missing] 1:1", "note[default-contract] 1:1",
            ])
    }

    @Test func invalidUTF8HasItsOffset() throws {
        var source = MemorySource()
        source.files[ContractPaths.policy] = Array("scopes: # caf".utf8) + [0xE9]
        let reading = ContractLoader.load(from: source)
        #expect(reading.ids == ["not-text"] && reading.messages.contains("13"))
        source.files[ContractPaths.policy] = [0x7F, 0x45, 0x4C, 0x46, 0, 1]
        #expect(ContractLoader.load(from: source).ids == ["not-text"])
    }

    @Test func aFileBeyondTheLimitIsRefused() {
        var source = MemorySource()
        source.files[ContractPaths.backlog] = Array(repeating: UInt8(ascii: "\n"), count: contractFileLimit + 1)
        #expect(ContractLoader.load(from: source).ids == ["file-too-large"])
    }

    @Test func deepNestingAndBombsEnd() {
        let deep = String(repeating: "[", count: 200_000)
        #expect(load(backlog: deep).ids == ["yaml-too-deep"])
        let mapping = String(repeating: "{a: ", count: 5000)
        #expect(load(backlog: mapping).ids == ["yaml-too-deep"])
    }

    @Test(arguments: [
        "null", "~", "5", "text", "[]", "{}", "[[]]", "[null]", "tasks: null", "tasks: [null]", "? [a]\n: b",
        "{[a]: b}",
        "- - - a", "!!python/object:x {a: b}", "<<: {a: b}", "<<: [1]", "&a [*b]", "%YAML 9.9\n---\na: b",
        "\u{FEFF}tasks: []",
        "tasks:\n- *a", "tasks: !!set {a, b}", "tasks: [{id: }]", "tasks: [{? id : a}]", "tasks: [{id: [a]}]",
    ])
    func oddButSmallFilesEnd(text: String) {
        for reading in [load(contract: text), load(policy: text), load(backlog: text)] {
            #expect(reading.isRefused == reading.hasErrors)
            for format in DiagnosticRenderer.Format.allCases {
                _ = DiagnosticRenderer(files: reading.files).render(reading.diagnostics, as: format)
            }
        }
    }

    @Test(.timeLimit(.minutes(60)), arguments: SchemaDocument.Kind.allCases)
    func mutatedFilesEnd(kind: SchemaDocument.Kind) throws {
        var random = SeededRandom(seed: 7)
        let directory = "docs/schema/corpus/\(kind.rawValue)/valid"
        let seeds = try Documents.list(directory).map { try Documents.read("\(directory)/\($0)") }
        for _ in 0..<150 {
            var bytes = seeds.randomElement(using: &random) ?? []
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, seeds, &random) }
            var source = MemorySource()
            source.files[ContractPaths.contract] = bytes
            source.files[ContractPaths.policy] = bytes
            source.files[ContractPaths.backlog] = bytes
            let reading = ContractLoader.load(from: source)
            #expect(reading.isRefused == reading.hasErrors)
            _ = DiagnosticRenderer(files: reading.files).render(reading.diagnostics, as: .full)
            _ = TargetFileLoader.load(bytes, file: "a")
            _ = AutonomyFileLoader.load(bytes, file: "a")
            _ = ContractFixer.fix(source)
            let fields = WriteBackFields(attempt: "a", branch: "b", completedAt: "2026-01-01")
            _ = try? BacklogEditor.marking("task-001", asCompleted: fields, in: bytes)
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ seeds: [[UInt8]], _ random: inout SeededRandom) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1 where place < bytes.count: bytes.remove(at: place)
        case 2:
            let mark = [
                "[", "{", "}", ":", "- ", "&a ", "*a ", "<<: ", "\n", "\"", "'", "|", "!!x ", "\t", "#", "é",
            ]
            bytes.insert(contentsOf: Array((mark.randomElement(using: &random) ?? "").utf8), at: place)
        case 3:
            let other = seeds.randomElement(using: &random) ?? []
            bytes = Array(bytes[..<place]) + other.suffix(Int.random(in: 0...other.count, using: &random))
        default:
            let end = Int.random(in: place...bytes.count, using: &random)
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        }
    }
}
