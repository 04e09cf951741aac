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

    /// As `hexdump -C`, `xxd -p` and `base64` write what looks like chance.
    private static func lines(of kind: String, _ count: Int) -> String {
        var state: UInt64 = 88_172_645_463_325_252
        func byte() -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state >> 32 & 255)
        }
        func digits(_ number: Int, _ width: Int) -> String {
            let text = String(number, radix: 16)
            return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
        }
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        return (0..<count).map { number in
            switch kind {
            case "dump": digits(number * 16, 8) + " " + (0..<16).map { _ in " " + digits(byte(), 2) }.joined()
            case "base64": String((0..<76).map { _ in letters[byte() & 63] })
            default: (0..<30).map { _ in digits(byte(), 2) }.joined()
            }
        }.joined(separator: "\n") + "\n"
    }

    /// Prints the milliseconds that it takes to take three secrets out of 64 MB of a build's output, as it arrives; or of a
    /// `dump` in hexadecimal, of nothing but `digits`, or of lines of `base64`.
    func redact(_ rounds: Int, _ kind: String) throws {
        let granted = [
            "DEPLOY_TOKEN": "q7zRtw0KdLm93kPa" + "x8Vb2", "API_KEY": "0123-4567-89ab-cdef",
            "DB_PASSWORD": "Tr0ub4dor&3-and-more",
        ]
        guard let secrets = KnownSecrets(granted: granted, listed: [], isPublic: { _ in false }) else { return }
        let line =
            "[123/456] Compiling Module File.swift: warning: variable 'value' was never mutated; consider 'let'\n"
        let lines = kind.isEmpty ? String(repeating: line, count: 600) : Self.lines(of: kind, 600)
        let piece = Array(lines.utf8) + Array("token q7zRtw0KdLm93kPax8Vb2\n".utf8)
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
