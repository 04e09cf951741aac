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
}
