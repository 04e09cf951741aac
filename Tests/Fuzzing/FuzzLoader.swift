import Basics
import Contracts
import Glibc
import Model
import Readers

/// The reader that `LEVIATHAN_FUZZ` names; `nil` for the loaders of contracts.
private let reader: Reader? = {
    guard let name = getenv("LEVIATHAN_FUZZ").map({ String(cString: $0) }), name != "contracts" else { return nil }
    guard let reader = Reader.named(name) else { fatalError("there is no reader '\(name)'") }
    return reader
}()

/// What libFuzzer calls with each input: no bytes may crash, hang or bloat the reading of a file.
///
/// The first byte chooses the file that the rest is read as; a contract that came out whole is mended and written
/// back to as well, since those edits work on the same bytes.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count > 0, let start else { return 0 }
    if let reader {
        reader.read(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
    }
    let bytes = Array(UnsafeBufferPointer(start: start + 1, count: count - 1))
    switch start[0] % 8 {
    case 0: _ = TargetFileLoader.load(bytes, file: "targets/a.yaml")
    case 1: _ = AutonomyFileLoader.load(bytes, file: "autonomy.yaml")
    case 2: _ = MachineConfigurationLoader.load(bytes, file: "config.yaml")
    case 3: exercise(["backlog/a.yaml": bytes])
    case 4: exercise(["contract.yaml": bytes])
    case 5: exercise(["policy.yaml": bytes])
    default: exercise(["backlog.yaml": bytes])
    }
    return 0
}

private func exercise(_ files: [String: [UInt8]]) {
    let source = FuzzSource(files: files)
    let reading = ContractLoader.load(from: source, fallbackTarget: "fuzz")
    let renderer = DiagnosticRenderer(files: reading.files, usesColor: false)
    for format in DiagnosticRenderer.Format.allCases { _ = renderer.render(reading.diagnostics, as: format) }
    guard files.values.allSatisfy({ $0.count < 4096 }) else { return }
    _ = ContractFixer.fix(source, fallbackTarget: "fuzz")
    guard let backlog = files["backlog.yaml"], let task = reading.contract?.backlog.tasks.first else { return }
    writeBack(task.id, backlog)
}

/// An edit that is made once can be made again, and then changes nothing.
private func writeBack(_ task: String, _ backlog: [UInt8]) {
    let fields = WriteBackFields(attempt: "attempt-1", branch: "agent/a", completedAt: "2026-01-01T00:00:00Z")
    guard let once = try? BacklogEditor.marking(task, asCompleted: fields, in: backlog) else { return }
    precondition((try? BacklogEditor.marking(task, asCompleted: fields, in: once)) == once)
}

/// Files that are only in memory.
private struct FuzzSource: ContractSource {
    private static let others = [
        "contract.yaml": Array("version: 1\ntarget: fuzz\n".utf8),
        "policy.yaml": Array("version: 1\nscopes: {docs: {allowed_paths: [docs/**]}}\n".utf8),
        "backlog.yaml": Array("version: 1\ntasks: []\n".utf8),
    ]
    private let files: [String: [UInt8]]

    init(files: [String: [UInt8]]) { self.files = Self.others.merging(files) { _, given in given } }

    func read(_ path: String) throws(ContractSourceError) -> [UInt8]? {
        files[path.hasPrefix(".leviathan/") ? String(path.dropFirst(".leviathan/".count)) : path]
    }

    func list(_ directory: String) throws(ContractSourceError) -> [String] {
        directory == ".leviathan/backlog" ? files.keys.compactMap(Self.entry).sorted() : []
    }

    private static func entry(_ path: String) -> String? {
        path.hasPrefix("backlog/") ? String(path.dropFirst("backlog/".count)) : nil
    }
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@main enum Fuzzing {
    static func main() {
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runFuzzer(&count, &arguments, { testOneInput($0, $1) }))
    }
}
