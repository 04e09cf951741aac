import Basics
import Glibc
import Readers

/// How the processor time of each reader grows from one size to one ten times as large, on texts that are made to cost much.
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
        "--hash ", "a.", "[a.", "a.a=1\n[a.", "eyJ.", "eyJaaaaaaaaaaaa.", "ghs_.", "-----BEGIN PRIVATE KEY-----\n",
        "://", "?token=a&",
        "a://b?", "**/", "*/", "[!a", "a=b ", "ya29.", "@@ -1,9 +1,9 @@\n a\n", "<testcase>", "FAILED a\n", "\r",
        "\0", "=> ", "end\n",
    ]

    let sizes: [Int]

    func run(_ names: [String]) -> Bool {
        var isFine = true
        for reader in Reader.all where names.isEmpty || names.contains(reader.name) {
            var worst = (growth: 0.0, unit: "", times: [Double]())
            for unit in Self.units {
                var times = times(reader, unit)
                // What else the machine does can make one run look bad, never one look good.
                if Self.growth(times) > 15 { times = self.times(reader, unit) }
                let growth = Self.growth(times)
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

    private static func growth(_ times: [Double]) -> Double {
        zip(times.dropFirst(), times).map { $1 > 1 ? $0 / $1 : 0 }.max() ?? 0
    }

    private static func processorTime() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1000 + Double(time.tv_nsec) / 1e6
    }

    /// The milliseconds at each size, as long as they stay below some seconds.
    private func times(_ reader: Reader, _ unit: String) -> [Double] {
        var times: [Double] = []
        for size in sizes {
            let count = size / unit.utf8.count + 1
            let bytes = Array([[UInt8]](repeating: Array(unit.utf8), count: count).joined())
            times.append(Self.time { reader.read(bytes) })
            if times[times.count - 1] > 3000 { break }
        }
        return times
    }

    /// The shortest of a few: what runs beside shares caches and memory, and the first run finds both cold.
    private static func time(_ body: () -> Void) -> Double {
        var best = Double.infinity
        for _ in 0..<3 {
            let start = processorTime()
            body()
            best = min(best, processorTime() - start)
            if best > 300 { break }
        }
        return best
    }
}
