import Basics
import SecretCorpus
import Secrets

/// Writes the samples that detection is measured with, and scans them, for scripts/compare-secrets.
struct SecretMeasurement {
    let directory: String

    private static let sets: [(name: String, samples: [SecretSample])] = [
        ("positives", SecretCorpus.positives()), ("look-alikes", SecretCorpus.lookAlikes()),
        ("held-out", SecretCorpus.heldOutPositives()), ("held-out-look-alikes", SecretCorpus.heldOutLookAlikes()),
    ]

    /// Each sample goes into a file of its own name; `samples.tsv` has set, file, first and last line of each.
    func write() throws {
        var table = ""
        for set in Self.sets {
            var texts: [String: String] = [:]
            var lines: [String: Int] = [:]
            for sample in set.samples {
                let place = set.name + "/" + sample.kind.replacing(" ", with: "-") + "/" + sample.file
                let first = lines[place, default: 0] + 1
                let last = first + sample.text.utf8.count { $0 == 10 } - 1
                texts[place, default: ""] += sample.text
                lines[place] = last
                table += "\(set.name)\t\(place)\t\(first)\t\(last)\n"
            }
            for (place, text) in texts { try write(text, to: place) }
        }
        try write(table, to: "samples.tsv")
    }

    private func write(_ text: String, to place: String) throws {
        let path = directory + "/" + place
        try FileSystem.createDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
        try FileSystem.write(Array(text.utf8), to: path)
    }

    /// Prints file and line of each finding.
    func scan() throws {
        let table = String(
            decoding: try FileSystem.read(directory + "/samples.tsv", limit: 1 << 24), as: UTF8.self)
        let files = Set(table.split(separator: "\n").map { $0.split(separator: "\t")[1] })
        for file in files.sorted() {
            let bytes = try FileSystem.read(directory + "/" + file, limit: 1 << 26)
            for finding in SecretScan.findings(in: bytes, extent: [.assignments, .connections]) {
                print(file, finding.line, separator: "\t")
            }
        }
    }

    /// Prints the milliseconds that it takes to take three secrets out of 64 MB of a build's output, as it arrives.
    func redact(_ rounds: Int) throws {
        let granted = [
            "DEPLOY_TOKEN": "q7zRtw0KdLm93kPa" + "x8Vb2", "API_KEY": "0123-4567-89ab-cdef",
            "DB_PASSWORD": "Tr0ub4dor&3-and-more",
        ]
        guard let secrets = KnownSecrets(granted: granted, listed: [], isPublic: { _ in false }) else { return }
        let line =
            "[123/456] Compiling Module File.swift: warning: variable 'value' was never mutated; consider 'let'\n"
        let piece = Array(String(repeating: line, count: 600).utf8) + Array("token q7zRtw0KdLm93kPax8Vb2\n".utf8)
        for _ in 0..<rounds {
            var (stream, count) = (secrets.stream(), 0)
            let time = ContinuousClock().measure {
                for _ in 0..<(64 << 20) / piece.count { count += stream.add(piece[...]).count }
            }
            precondition(count > 0)
            print(time / .milliseconds(1))
        }
    }
}
