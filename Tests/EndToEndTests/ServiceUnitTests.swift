import Basics
import Processes
import TestSupport
import Testing

/// The units of deploy/systemd, as systemd itself reads them.
@Suite struct ServiceUnitTests {
    private static let hasSystemd = FileSystem.exists("/usr/bin/systemd-analyze")
    private static let directory =
        #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/deploy/systemd"

    private func analyze(_ words: String...) throws -> ProcessOutcome {
        let program = Subprocess("systemd-analyze", words, environment: ["PATH": "/usr/bin:/bin"])
        return try program.run()
    }

    @Test(.enabled(if: hasSystemd)) func areValidAndHardened() throws {
        let place = try TemporaryDirectory()
        let units = ["leviathan-run.service", "leviathan-run-once.service", "leviathan-run.timer"]
        for unit in units {
            let text = String(
                decoding: try FileSystem.read(Self.directory + "/" + unit, limit: 1 << 16), as: UTF8.self)
            // The program need not be installed where the units are looked at.
            let here = text.split(separator: "/usr/local/bin/leviathan").joined(separator: TestTarget.program)
            try FileSystem.write(Array(here.utf8), to: place.path + "/" + unit)
        }
        for unit in units {
            let found = try analyze("verify", place.path + "/" + unit)
            #expect(found.succeeded && found.errors.text.isEmpty, "\(unit): \(found.errors.text)")
        }
        for unit in units.filter({ $0.hasSuffix(".service") }) {
            // In tenths: 20 stands for 2.0.
            let found = try analyze(
                "security", "--offline=yes", "--threshold=19", "--no-pager", place.path + "/" + unit)
            #expect(found.succeeded, "\(found.output.text)\(found.errors.text)")
        }
    }
}
