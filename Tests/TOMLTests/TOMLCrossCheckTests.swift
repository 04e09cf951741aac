import Basics
import Processes
import TOML
import TestSupport
import Testing

/// Python's own parser as a second opinion on what is TOML, and on what it says.
@Suite(.timeLimit(.minutes(60))) struct TOMLCrossCheckTests {
    private static let environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C.UTF-8"]

    private static func python(_ program: String, input: [UInt8]) -> ProcessOutcome? {
        var subprocess = Subprocess("python3", ["-c", program], environment: environment)
        subprocess.input = .bytes(input)
        subprocess.captureLimit = Subprocess.CaptureLimit(head: 64 << 20, tail: 1 << 20)
        return try? subprocess.run()
    }

    static let hasPython = python("import tomllib", input: [])?.succeeded == true

    private static let pieces = [
        "a = 1\n", "b.c = 2\n", "[t]\n", "[t.u]\n", "[[l]]\n", "[[l.m]]\n", "[l.n]\n", "d = 'x'\n",
        "e = \"y\\n\"\n",
        "f = [1, 2,]\n", "g = {h = 1, i.j = 2}\n", "k = \"\"\"\nz\"\"\"\"\n", "o = '''p'''\n", "q = 1e5\n",
        "r = 0x1F\n",
        "s = 2024-01-01 10:00:00Z\n", "'u v' = true\n", "\"w\".x = -0.5\n", "# note\n", "\n", "y = inf\n",
        "aa = 1_000\n",
        "bb = [\n  'a', # b\n  'c'\n]\n", "cc = [[1], {a = 1}]\n", "dd = 10:20:30.5\n", "ee = \"\\u00e9\"\n",
    ]

    /// Pieces in any order, with some of their bytes lost, doubled or exchanged.
    private static func document(_ random: inout SeededRandom) -> String {
        var text = Array(
            (0..<Int.random(in: 1...7, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
                .joined())
        for _ in 0..<Int.random(in: 0...2, using: &random) where !text.isEmpty {
            let place = text.indices.randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<3, using: &random) {
            case 0: text.remove(at: place)
            case 1: text.insert(text[place], at: place)
            default: text[place] = "=[]{}\"'.,#\n 0_e-\\".randomElement(using: &random) ?? " "
            }
        }
        return String(text)
    }

    private static let program = """
        import json, sys, tomllib
        def plain(value):
            if isinstance(value, dict): return {key: plain(item) for key, item in value.items()}
            if isinstance(value, list): return [plain(item) for item in value]
            if isinstance(value, (str, bool, int)): return value
            if isinstance(value, float): return value if abs(value) < 1e300 else "<float>"
            return "<date>"
        answers = []
        for text in json.load(sys.stdin):
            try: answers.append({"value": plain(tomllib.loads(text))})
            except tomllib.TOMLDecodeError: answers.append(None)
        json.dump(answers, sys.stdout)
        """

    private static func isSame(_ ours: JSON, _ theirs: JSON) -> Bool {
        if theirs == "<date>" || theirs == "<float>" { return !ours.isNull }
        if let left = ours.members, let right = theirs.members {
            return left.count == right.count
                && left.allSatisfy { member in theirs[member.name].map { isSame(member.value, $0) } ?? false }
        }
        if let left = ours.elements, let right = theirs.elements {
            return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        }
        return ours == theirs
    }

    @Test(.enabled(if: hasPython)) func pythonAgrees() throws {
        var random = SeededRandom(seed: 6)
        let documents = (0..<1500).map { _ in Self.document(&random) }
        let outcome = try #require(Self.python(Self.program, input: JSON.strings(documents).utf8()))
        #expect(outcome.succeeded, "\(outcome.errors.text)")
        let answers = try #require(try JSON.parse(outcome.output.text).elements)
        var valid = 0
        for (document, answer) in zip(documents, answers) {
            let ours = (try? TOMLDocument(Array(document.utf8)))?.value
            #expect((ours == nil) == answer.isNull, "\(document.debugDescription): python says \(answer.text())")
            guard let ours, let theirs = answer["value"] else { continue }
            #expect(Self.isSame(ours, theirs), "\(document.debugDescription): \(ours.text()) and \(theirs.text())")
            valid += 1
        }
        #expect(valid > 200 && valid < 1400)
    }
}
