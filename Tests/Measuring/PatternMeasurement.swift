import Basics
import Paths

/// Matches 100,000 paths against 20 patterns.
struct PatternMeasurement {
    private let paths: [RepoPath]
    private let patterns: [PathPattern]

    init() {
        let extensions = ["swift", "md", "py", "json", "test.ts"]
        paths = (0..<100_000).compactMap { number in
            try? RepoPath(
                "packages/part-\(number % 97)/src/deep/er/\(number % 31)/file-\(number).\(extensions[number % 5])")
        }
        let texts = [
            "docs/**", "README.md", "packages/*/docs/", "**/*.key", "**/*.pem", "src/**/*.swift", "tests/",
            "packages/part-1?/**", "packages/part-[0-4]*/src/**/*.py", "**/node_modules/**", "*.lock",
            "packages/{a,b,part-3}/src/", "**/test_*.py", "packages/**/deep/**/file-9*.md", ".github/workflows/**",
            "**/*.{ts,tsx,js}", "packages/*/src/*/er/**", "Makefile", "**/CHANGELOG.md", "packages/part-96/**",
        ]
        patterns = texts.compactMap { try? PathPattern($0) }
    }

    func run(_ rounds: Int) {
        for _ in 0..<rounds {
            var matches = 0
            let duration = ContinuousClock().measure {
                for path in paths { for pattern in patterns where pattern.matches(path) { matches += 1 } }
            }
            print(duration / .milliseconds(1), matches, paths.count, patterns.count)
        }
    }
}
