import Basics
import Testing

/// Holds the sources against the design: who may import whom, and which files may do what.
@Suite struct FloorTests {
    /// The allowed imports of each target.
    ///
    /// Floors go downwards. The neighbours on one floor are few: paths and secrets are made of bytes, Git runs the
    /// `git` program through Processes, the HTTP server has header fields in common with the client, Contracts fills the values of Model, Forges deliver what only Enforcement can
    /// make, the executors stand on editors and readers of files, the agent is an executor, and commands are read from
    /// the command line.
    private static let allowed: [String: Set<String>] = [
        "Basics": ["CLinux"],
        "Paths": ["Basics"],
        "Secrets": ["Basics"],
        "Crypto": ["Basics", "Secrets", "COpenSSL", "CMbedTLS"],
        "Processes": ["Basics", "CLinux"],
        "SQLite": ["Basics", "CSQLite"],
        "PostgreSQL": ["Basics", "Secrets", "CPostgres"],
        "YAML": ["Basics", "CYAML"],
        "TOML": ["Basics"],
        "XML": ["CExpat"],
        "Compression": ["CZlib"],
        "Pages": [],
        "Observability": ["Basics"],
        "Patterns": ["Basics", "CPCRE2"],
        "HTTP": ["Basics", "Secrets", "CCurl"],
        "HTTPServer": ["Basics", "HTTP", "CMicroHTTPD"],
        "Git": ["Basics", "Paths", "Secrets", "Processes", "CLibGit2"],
        "Model": ["Basics", "Paths"],
        "Contracts": ["Basics", "Paths", "Secrets", "YAML", "Model"],
        "Analysis": ["Basics", "Paths", "YAML", "TOML"],
        "Editing": ["Basics", "Paths", "YAML", "TOML"],
        "Manifests": ["Basics", "Paths", "XML", "Analysis", "Editing"],
        "Kubernetes": ["Basics", "Secrets", "Crypto", "Processes", "Observability", "YAML", "HTTP"],
        "Enforcement": ["Basics", "Paths", "Secrets", "Compression", "Model", "Analysis", "Kubernetes"],
        "Reports": ["Basics", "Paths", "Crypto", "Model", "Contracts"],
        "Journal": ["Basics", "Crypto", "SQLite", "PostgreSQL"],
        "ObjectStorage": ["Basics", "Secrets", "Crypto", "HTTP", "Journal"],
        "Executors": [
            "Basics", "Paths", "Processes", "YAML", "Patterns", "Model", "Contracts", "Analysis", "Editing",
            "Manifests",
        ],
        "Agent": [
            "Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Model", "Contracts", "Editing",
            "Executors",
        ],
        "Workspaces": ["Basics", "Paths", "Crypto", "Processes", "Git", "Model"],
        "Forges": ["Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Git", "Model", "Enforcement"],
        "Runner": [
            "Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Git", "Model", "Contracts",
            "Enforcement", "Reports", "Journal", "Executors", "Agent", "Workspaces", "Forges", "Manifests",
        ],
        "Notifications": ["Basics", "Secrets", "Crypto", "HTTP", "Model"],
        "Activity": ["Basics", "Pages", "Model", "Journal", "Runner"],
        "Scheduler": [
            "Basics", "Paths", "Processes", "Model", "Kubernetes", "Journal", "Notifications", "Runner",
        ],
        "API": ["Basics", "HTTP", "HTTPServer"],
        "ControlPlane": [
            "Basics", "Secrets", "Crypto", "HTTP", "HTTPServer", "Observability", "Model", "Journal",
            "ObjectStorage", "Forges", "Runner", "Scheduler", "API",
        ],
        "Console": [
            "Basics", "Crypto", "HTTP", "HTTPServer", "Pages", "Analysis", "Model", "Contracts", "Reports",
            "Journal", "Runner", "Activity", "Scheduler",
            "API",
            "ControlPlane",
        ],
        "Worker": ["Basics", "Secrets", "Crypto", "HTTP", "Model", "Journal", "Runner"],
        "CommandLine": ["Basics"],
        "Commands": [
            "Basics", "Paths", "Secrets", "Processes", "HTTPServer", "Observability", "Git", "Model", "Contracts",
            "Reports", "Journal", "ObjectStorage", "Executors", "Runner", "Scheduler", "Pages",
            "Activity", "API", "ControlPlane", "Console", "Worker", "Kubernetes", "CommandLine", "CDocs",
            "CBuild",
        ],
        "leviathan": ["Commands"],
    ]

    private static let floor: [String: Int] = [
        "COpenSSL": 0, "CMbedTLS": 0, "CPCRE2": 0, "CZlib": 0, "CExpat": 0, "CDocs": 0, "CBuild": 0, "CLinux": 0,
        "CSQLite": 0,
        "CYAML": 0,
        "CCurl": 0, "CMicroHTTPD": 0, "CPostgres": 0,
        "CLibGit2": 0, "Basics": 1,
        "Paths": 1, "Secrets": 1, "Crypto": 2,
        "Processes": 2, "SQLite": 2, "PostgreSQL": 2,
        "YAML": 2, "TOML": 2, "XML": 2, "Compression": 2, "HTTP": 2, "HTTPServer": 2, "Git": 2,
        "Patterns": 2,
        "Model": 3,
        "Contracts": 3, "Analysis": 4, "Editing": 4, "Manifests": 4, "Kubernetes": 4, "Enforcement": 4,
        "Reports": 4, "Journal": 4, "ObjectStorage": 4,
        "Executors": 4, "Agent": 4, "Workspaces": 4, "Forges": 4, "Notifications": 4, "Pages": 2,
        "Observability": 2, "Runner": 5,
        "Activity": 6,
        "Scheduler": 6,
        "API": 7, "ControlPlane": 7, "Console": 7, "Worker": 7,
        "CommandLine": 8,
        "Commands": 8,
        "leviathan": 9,
    ]

    private static let neighbours: Set<String> = [
        "Paths → Basics", "Secrets → Basics", "Git → Processes", "Contracts → Model", "HTTPServer → HTTP",
        "ControlPlane → API",
        "Forges → Enforcement",
        "Manifests → Analysis",
        "Manifests → Editing", "Enforcement → Analysis", "Enforcement → Kubernetes", "Executors → Analysis",
        "Executors → Editing",
        "Executors → Manifests", "Agent → Editing", "Agent → Executors", "Commands → CommandLine", "Console → API",
        "Console → ControlPlane", "ObjectStorage → Journal",
    ]

    /// What the toolchain itself brings.
    private static let platform: Set<String> = ["Glibc", "Synchronization"]

    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    /// Every Swift file below a directory, with its lines.
    private static func sources(_ directory: String) throws -> [(path: String, lines: [String])] {
        try FileSystem.list(root + "/" + directory).flatMap { name -> [(String, [String])] in
            let path = directory + "/" + name
            if FileSystem.isDirectory(root + "/" + path) { return try sources(path) }
            guard name.hasSuffix(".swift") else { return [] }
            let text = String(decoding: try FileSystem.read(root + "/" + path, limit: 1 << 20), as: UTF8.self)
            return [(path, text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))]
        }
    }

    /// The module that a line imports.
    static func importedModule(_ line: String) -> String? {
        let words = line.split(separator: " ").filter {
            !["package", "internal", "public", "private", "fileprivate", "@testable"].contains($0)
        }
        guard words.count >= 2, words[0] == "import" else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "let", "var", "typealias"]
        let module = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
        return module.split(separator: ".").first.map(String.init)
    }

    static func violations(in path: String, _ lines: [String]) -> [String] {
        let target = path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        guard let allowed = allowed[target] else { return ["\(path): the target '\(target)' is on no floor"] }
        return lines.enumerated().compactMap { number, line in
            guard let module = importedModule(line), !allowed.contains(module), !platform.contains(module) else {
                return nil
            }
            return "\(path):\(number + 1): \(target) may not import \(module)"
        }
    }

    @Test func everyImportIsAllowed() throws {
        let sources = try Self.sources("Sources")
        #expect(sources.count > 80)
        #expect(sources.flatMap { Self.violations(in: $0.path, $0.lines) } == [])
    }

    @Test(arguments: [
        ("Sources/Model/X.swift", "import YAML", "Sources/Model/X.swift:1: Model may not import YAML"),
        ("Sources/Git/X.swift", "package import Model", "Sources/Git/X.swift:1: Git may not import Model"),
        (
            "Sources/Runner/X.swift", "internal import struct SQLite.Row",
            "Sources/Runner/X.swift:1: Runner may not import SQLite"
        ),
        (
            "Sources/Basics/X.swift", "import Foundation",
            "Sources/Basics/X.swift:1: Basics may not import Foundation"
        ),
        ("Sources/Attic/X.swift", "", "Sources/Attic/X.swift: the target 'Attic' is on no floor"),
    ])
    func namesFileAndLineOfAForbiddenImport(path: String, line: String, message: String) {
        #expect(Self.violations(in: path, [line]) == [message])
    }

    @Test func floorsOnlyGoDownwards() {
        for (target, imports) in Self.allowed {
            for name in imports where !Self.neighbours.contains("\(target) → \(name)") {
                #expect((Self.floor[name] ?? 99) < (Self.floor[target] ?? 0), "\(target) imports \(name)")
            }
        }
    }

    @Test func noTargetIsEmptyAndNoneIsForgotten() throws {
        let targets = try FileSystem.list(Self.root + "/Sources")
        for target in targets { #expect(try !FileSystem.list(Self.root + "/Sources/" + target).isEmpty) }
        #expect(Set(targets).subtracting(Self.floor.keys) == [])
    }

    @Test func onlyCommandsPrintAndExit() throws {
        let words = ["print(", "exit(", "FileHandle", "fputs("]
        for (path, lines) in try Self.sources("Sources")
        where !path.hasPrefix("Sources/Commands") && path != "Sources/leviathan/Leviathan.swift" {
            for (number, line) in lines.enumerated() {
                let found = words.filter { word in
                    line.ranges(of: word).contains { range in
                        range.lowerBound == line.startIndex
                            || !(line[line.index(before: range.lowerBound)].isLetter
                                || "_.".contains(line[line.index(before: range.lowerBound)]))
                    }
                }
                #expect(found.isEmpty, "\(path):\(number + 1) uses \(found)")
            }
        }
    }

    /// Clock and chance are passed in; these files are where they come from.
    @Test func nobodyElseReadsClockOrChance() throws {
        let words = [
            "Clock.system", "IdentifierSource.system", ".random(in", ".randomElement(", ".shuffle",
            "CLOCK_REALTIME",
            "gettimeofday", "time(nil)", "SystemRandomNumberGenerator",
        ]
        let sources: Set<String> = [
            "Sources/Basics/Clock.swift", "Sources/HTTP/HTTPTiming.swift", "Sources/Commands/Program.swift",
        ]
        for (path, lines) in try Self.sources("Sources") where !sources.contains(path) {
            for (number, line) in lines.enumerated() {
                #expect(!words.contains { line.contains($0) }, "\(path):\(number + 1): \(line)")
            }
        }
    }

    @Test func filesStayReadable() throws {
        for (path, lines) in try Self.sources("Sources") {
            #expect(lines.count <= 420, "\(path) has \(lines.count) lines")
        }
    }

    /// The compiler itself refuses regular expressions and the algorithms that bring them along, as long as this holds.
    @Test func theSourcesAreBuiltWithoutRegularExpressions() throws {
        let manifest = String(
            decoding: try FileSystem.read(Self.root + "/Package.swift", limit: 1 << 20), as: UTF8.self)
        let flag = #".unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])"#
        #expect(manifest.contains(flag) && manifest.contains("swiftSettings: settings($0.target)"))
    }

    @Test func everyTestFileBelongsToADeclaredTarget() throws {
        let manifest = String(
            decoding: try FileSystem.read(Self.root + "/Package.swift", limit: 1 << 20), as: UTF8.self)
        // Screens are what tests read.
        for name in try FileSystem.list(Self.root + "/Tests") where name != "Screens" {
            #expect(manifest.contains("\"\(name)\""), "\(name) is never run")
        }
    }
}
