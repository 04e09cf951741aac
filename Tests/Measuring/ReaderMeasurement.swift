import Basics
import Readers

/// How the time of each reader grows from one size to one ten times as large, on texts that are made to cost much.
///
/// Prints the worst text of each reader, and ends with an error where one grows by more than 15.
struct ReaderMeasurement {
    /// Text that is repeated up to the size; some of it opens what nothing closes.
    private static let units = [
        "a", " ", "\n", "\\", "\\\n", "\"", "'", "`", "[", "{", "(", "<", "/*", "/*/", "//", "#", "*", "_", "**a ",
        "${", "\"${", "{{", "{%", "<<EOT\n", "<!--", "<![CDATA[", "<a>", "<a ", "</a>", "&a;", "[a](", "![",
        "[a]: b\n",
        "[a]\n", "[[a]]\n", "a=1\n", "a = 1\n", "a: ", "a: b\n", "- ", "- a\n", "? ", "| ", "|a", "&a ", "*a ",
        "<<: *a\n",
        "a\nb\n", "a.b.c = 1\n", "'''", "\"\"\"", "```\n", "    a\n", "a,", "\"a\":", "{\"a\":", "[1,",
        "a\\\n  b\n",
        "@@ -1 +1 @@\n-a\n+b\n", "--- a/a\n+++ b/a\n", "def f():\n", "assert a\n", "@a\n", "func a() {\n", "a ",
        "if a:\n ",
        "lambda:", "f\"{", "a(", "=\n", ":\n", "1", "\t", "\u{e9}", "a:\n", ">\n", "!a ", "%a\n", "FROM a AS a\n",
        "--hash ",
    ]

    let sizes: [Int]

    func run(_ names: [String]) -> Bool {
        var isFine = true
        for reader in Reader.all where names.isEmpty || names.contains(reader.name) {
            var worst = (growth: 0.0, unit: "", times: [Double]())
            for unit in Self.units {
                let times = times(reader, unit)
                let growth = zip(times.dropFirst(), times).map { $1 > 2 ? $0 / $1 : 0 }.max() ?? 0
                if growth > worst.growth { worst = (growth, unit, times) }
                if growth > 15 {
                    isFine = false
                    print("TOO MUCH", reader.name, unit.debugDescription, times.map { Int($0) })
                }
            }
            print(reader.name, worst.unit.debugDescription, Int(worst.growth * 10), worst.times.map { Int($0) })
        }
        return isFine
    }

    /// The milliseconds at each size, as long as they stay below some seconds.
    private func times(_ reader: Reader, _ unit: String) -> [Double] {
        var times: [Double] = []
        for size in sizes {
            let count = size / unit.utf8.count + 1
            let bytes = Array([[UInt8]](repeating: Array(unit.utf8), count: count).joined())
            let time = ContinuousClock().measure { reader.read(bytes) }
            times.append(time / .milliseconds(1))
            if time > .seconds(3) { break }
        }
        return times
    }
}
