import Basics
import Patterns
import Testing

@Suite struct PatternTests {
    private static let unlimited = Deadline(cancellation: Cancellation())

    private static func matches(
        _ pattern: String, _ text: String, until deadline: Deadline = unlimited
    ) throws(PatternError) -> [[String?]] {
        let bytes = Array(text.utf8)
        let matches = try PatternMatches(of: try Pattern(pattern), in: bytes, until: deadline)
        var found: [[String?]] = []
        while let groups = try matches.next() {
            found.append(groups.map { $0.map { String(decoding: bytes[$0], as: UTF8.self) } })
        }
        return found
    }

    @Test(
        arguments: [
            ("a", "banana", [["a"], ["a"], ["a"]]), ("a*", "baac", [[""], ["aa"], [""], [""]]),
            ("^.", "ab\ncd\r\nef", [["a"], ["c"], ["e"]]), (".$", "ab\ncd\r\nef", [["b"], ["d"], ["f"]]),
            ("(a)|(b)", "ab", [["a", "a", nil], ["b", nil, "b"]]), ("é", "e\u{301}é", [["é"]]),
            ("\\w+", "größe 日本", [["größe"], ["日本"]]), ("\\d", "٣4", [["٣"], ["4"]]), ("x", "", []),
            ("", "", [[""]]), ("(?i)STRASSE|É", "é", [["é"]]), ("\\bcat\\b", "cat concat", [["cat"]]),
            ("(?<=v)\\d+", "v12 w3", [["12"]]), ("", "é", [[""], [""]]),
        ] as [(String, String, [[String?]])])
    func findsEveryPlace(pattern: String, text: String, expected: [[String?]]) throws {
        #expect(try Self.matches(pattern, text) == expected)
    }

    @Test func groupsHaveNumbersAndNames() throws {
        let pattern = try Pattern("(?<year>\\d+)-(\\d+)")
        #expect(pattern.groupCount == 2)
        #expect(pattern.group(named: "year") == 1)
        #expect(pattern.group(named: "day") == nil)
    }

    @Test(
        arguments: [
            ("(", "'pattern' cannot be read: missing closing parenthesis at byte 1"),
            ("a\\C", "'pattern' cannot be read: using \\C is disabled by the application at byte 3"),
            (String(repeating: "a", count: 1001), "'pattern' is longer than 1000 bytes"),
        ])
    func saysWhyAPatternCannotBeRead(pattern: String, message: String) {
        #expect(throws: PatternError.self) { try Pattern(pattern) }
        do { _ = try Pattern(pattern) } catch { #expect(error.message == message) }
    }

    @Test func bytesThatAreNoTextAreRefused() throws {
        let pattern = try Pattern("a")
        #expect(throws: PatternError.self) {
            try PatternMatches(of: pattern, in: [0xFF, 0x61], until: Self.unlimited)
        }
    }

    /// Each takes a time that grows with the square of the text, or doubles with each byte, where nothing stops it.
    private static let costly = [
        "(a|a)*\\d", "(a|a)*b", "(?:a|x)+(?:a|x)+\\d", ".*\\d", "[^b]*+\\d", "(a+)+\\d", "(a*)*\\d", "(.*)*\\d",
        "(?:a|ab|b)*c\\d", "(a?){60}a{60}\\d", "(?=(a+))\\1+\\d", "(?<!a)a*?\\d|a*\\d", "((a{1,9}){1,9}){1,9}\\d",
    ]

    /// The steps that a search took, whether it came to its end or to its limit.
    private static func steps(_ pattern: String, _ count: Int) throws -> (UInt64, PatternError.Problem?) {
        let text = [UInt8](repeating: UInt8(ascii: "a"), count: count)
        let matches = try PatternMatches(of: try Pattern(pattern), in: text, until: unlimited)
        do throws(PatternError) {
            while try matches.next() != nil {}
            return (matches.steps, nil)
        } catch { return (matches.steps, error.problem) }
    }

    @Test(arguments: costly) func oneBudgetHoldsForAllOfAText(pattern: String) throws {
        for count in [1000, 10_000, 100_000] {
            let (steps, problem) = try Self.steps(pattern, count)
            let limit = 1_000_000 + 64 * UInt64(count)
            #expect(steps <= limit + UInt64(count))
            #expect(problem == nil || problem == .tooManySteps(limit: limit) || problem == .tooMuchMemory)
        }
        let (first, second) = (try Self.steps(pattern, 5000), try Self.steps(pattern, 5000))
        #expect(first.0 == second.0 && first.1 == second.1)
    }

    @Test func theCostlyOnesAreGivenUp() throws {
        for pattern in ["(?:a|x)+(?:a|x)+\\d", "(a|a)*\\d", "[^b]*+\\d"] {
            let (_, problem) = try Self.steps(pattern, 160_000)
            #expect(problem == .tooManySteps(limit: 11_240_000), "\(pattern)")
        }
    }

    @Test func plainPatternsStayFarBelowTheBudget() throws {
        for pattern in ["v(\\d+)\\.\\d+", "^#.*$", "\\w+@\\w+", "a", "(?m)^\\s*import (\\w+)$", "b"] {
            let (steps, problem) = try Self.steps(pattern, 1 << 20)
            #expect(problem == nil && steps < 16 << 20, "\(pattern) takes \(steps)")
        }
    }

    @Test func aDeadlineAndACancellationEndASearch() throws {
        let text = String(repeating: "a", count: 100_000)
        let over = Deadline(after: .zero, cancellation: Cancellation())
        do {
            _ = try Self.matches("(a|a)*\\d", text, until: over)
            Issue.record("it came to an end")
        } catch { #expect(error.problem == .stopped(.passed(.zero))) }
        let cancellation = Cancellation()
        cancellation.cancel()
        do {
            _ = try Self.matches("(a|a)*\\d", text, until: Deadline(cancellation: cancellation))
            Issue.record("it came to an end")
        } catch { #expect(error.problem == .stopped(.cancelled)) }
    }
}
