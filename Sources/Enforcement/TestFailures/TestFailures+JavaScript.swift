extension TestFailures {
    /// `not ok 1 - name`, indented below the `# Subtest: name` that it belongs to.
    @Sendable static func tap(_ lines: [Substring]) -> TestFailures {
        var found = TestFailures()
        var parents: [Int: Substring] = [:]
        for line in lines {
            let (text, depth) = (line.trimmed, line.indentation)
            if let name = text.after("# Subtest: ") {
                parents[depth] = name
            } else if let rest = text.after("not ok ") {
                let title = rest.drop { $0.isNumber }
                let name = title.after(" - ") ?? title.trimmed
                if name.holds("# TODO") || name.holds("# SKIP") { continue }
                let above = parents.filter { $0.key < depth }.sorted { $0.key < $1.key }.map { String($0.value) }
                found.add((above + [String(name)]).joined(separator: " > "))
            } else if text.hasPrefix("Bail out!") {
                found.note("the tests bailed out")
            }
        }
        return found
    }

    /// The list below `✖ failing tests:`, each with the file that it stands in.
    @Sendable static func nodeTest(_ lines: [Substring]) -> TestFailures {
        var found = TestFailures()
        guard let start = lines.firstIndex(where: { $0.trimmed.hasPrefix("✖ failing tests:") }) else {
            return found
        }
        var file: Substring = ""
        for line in lines[lines.index(after: start)...] {
            if let place = line.after("test at ") {
                file = place.before(".js:").map { place.prefix($0.count + 3) } ?? place.prefix { $0 != ":" }
            } else if let name = line.after("✖ ") {
                found.add("\(file) \(withoutTime(name))")
            }
        }
        return found
    }

    /// `  ● suite › name` below `FAIL path`; the summary of long runs repeats them.
    @Sendable static func jest(_ lines: [Substring]) -> TestFailures {
        var (file, names) = (Substring(""), Set<String>())
        var isJest = false
        for line in lines {
            if let path = line.after("FAIL ") {
                (file, isJest) = (path.trimmed.before(" ") ?? path.trimmed, true)
            } else if let name = line.after("  ● "), isJest, name != "Console" {
                names.insert("\(file) \(name)")
            }
        }
        return TestFailures(names)
    }

    /// Lines such as ` FAIL  test/a.test.ts > suite > name`.
    @Sendable static func vitest(_ lines: [Substring]) -> TestFailures {
        var names: Set<String> = []
        for line in lines { if let name = line.after(" FAIL  ") { names.insert(String(name)) } }
        return TestFailures(names)
    }

    /// Without `(1.5ms)` at the end, which is never the same.
    private static func withoutTime(_ name: Substring) -> Substring {
        guard name.hasSuffix("ms)"), let open = name.lastIndex(of: "(") else { return name }
        return name[..<open].trimmed
    }
}
