extension TestFailures {
    /// `--- FAIL: TestX/case (0.00s)`, each of the package whose `FAIL` line follows.
    @Sendable static func goTest(_ lines: [Substring]) -> TestFailures {
        var (found, waiting) = (TestFailures(), [Substring]())
        var isGo = false
        for line in lines {
            if let name = line.trimmed.after("--- FAIL: ") {
                waiting.append(name.before(" (") ?? name)
            } else if let package = line.after("FAIL\t") ?? line.after("FAIL ") {
                guard package.holds("\t") || package.hasSuffix(" failed]") else { continue }
                isGo = true
                let path = package.prefix { $0 != "\t" && $0 != " " }
                if package.hasSuffix(" failed]") { found.add(package) }
                for name in waiting { found.add("\(path) \(name)") }
                if waiting.isEmpty, !package.hasSuffix(" failed]") { found.add(path) }
                waiting = []
            } else if line.hasPrefix("panic: ") {
                found.note("a package ended in a panic before all of its tests ran")
            }
        }
        if !waiting.isEmpty, isGo { found.note("failures without their package") }
        return isGo ? found : TestFailures()
    }

    /// `test a::b ... FAILED`; without `--no-fail-fast` cargo ends at the first target that fails.
    @Sendable static func cargoTest(_ lines: [Substring]) -> TestFailures {
        var found = TestFailures()
        for line in lines {
            if let rest = line.after("test "), rest.hasSuffix(" ... FAILED") {
                found.add(rest.dropLast(" ... FAILED".count))
            } else if line.hasPrefix("error: test failed, to rerun pass")
                || line.hasPrefix("error: doctest failed")
            {
                found.note("cargo ends at the first target that fails; --no-fail-fast runs all")
            } else if line.hasPrefix("error: could not compile") {
                found.note("it does not compile")
            }
        }
        return found.names.isEmpty ? TestFailures() : found
    }

    /// XCTest's `Test Case 'A.testB' failed (…)`, and Swift Testing's `✘ Test b() failed after …`.
    @Sendable static func swiftTest(_ lines: [Substring]) -> TestFailures {
        var found = TestFailures()
        for line in lines {
            if let rest = line.after("Test Case '"), let name = rest.before("' failed (") {
                found.add(name)
            } else if let rest = line.drop(while: { $0 != "T" }).after("Test "), isMarkedAsFailed(line) {
                swiftTesting(rest, &found)
            } else if line.hasPrefix("error: fatalError") || line.hasPrefix("error: Exited with") {
                found.note("the tests ended early")
            }
        }
        return found
    }

    private static func isMarkedAsFailed(_ line: Substring) -> Bool {
        line.hasPrefix("✘ ") || line.hasPrefix("\u{10105B} ") || line.hasPrefix("\u{100184} ")
    }

    private static func swiftTesting(_ text: Substring, _ found: inout TestFailures) {
        if text.hasPrefix("run with ") { return }
        if let name = text.before(" failed after ") {
            found.add(name.before(" with ") ?? name)
        } else if let name = text.before(" recorded an issue with "), let rest = text.before(" at ") {
            // one case of a test with arguments
            found.add("\(name): \(rest.dropFirst(name.count + " recorded an issue with ".count))")
        }
    }
}
