// swift-tools-version: 6.2
import Foundation
import PackageDescription

// The house: each target with the targets it may import, floor by floor.
// `Tests/ArchitectureTests` holds the same table against every `import` line.

let systemLibraries = ["CLibGit2", "CYAML", "CSQLite", "COpenSSL"]

let cTargets = ["CLinux", "CCurl"]

let floors: [(target: String, imports: [String])] = [
    ("Basics", []),
    ("Crypto", ["Basics", "COpenSSL"]),
    ("Processes", ["Basics", "CLinux"]),
    ("SQLite", ["Basics", "CSQLite"]),
    ("YAML", ["Basics", "CYAML"]),
    ("HTTP", ["Basics", "CCurl"]),
    ("Git", ["Basics", "Processes", "CLibGit2"]),
    ("Model", ["Basics"]),
    ("Contracts", ["Basics", "YAML", "Model"]),
    ("Enforcement", ["Basics", "Model"]),
    ("Journal", ["Basics", "Crypto", "SQLite", "Processes", "Model"]),
    ("Executors", ["Basics", "Processes", "YAML", "HTTP", "Model"]),
    ("Forges", ["Basics", "Git", "HTTP", "Processes", "Model", "Enforcement"]),
    (
        "Runner",
        [
            "Basics", "Crypto", "Git", "Processes", "Model", "Contracts", "Enforcement", "Journal",
            "Executors", "Forges",
        ]
    ),
    (
        "Commands",
        [
            "Basics", "Git", "Processes", "Model", "Contracts", "Enforcement", "Journal", "Executors",
            "Forges", "Runner",
        ]
    ),
]

let tests: [(target: String, imports: [String])] = [
    ("BasicsTests", ["Basics"]),
    ("CryptoTests", ["Basics", "Crypto", "Processes"]),
    ("ProcessesTests", ["Basics", "Processes"]),
    ("SQLiteTests", ["Basics", "Processes", "SQLite"]),
    ("YAMLTests", ["Basics", "YAML"]),
    ("HTTPTests", ["Basics", "HTTP"]),
    ("GitTests", ["Basics", "Processes", "Git"]),
    ("ModelTests", ["Basics", "Model"]),
    ("ContractsTests", ["Basics", "YAML", "Model", "Contracts"]),
    ("EnforcementTests", ["Basics", "Model", "Enforcement"]),
    ("JournalTests", ["Basics", "Crypto", "SQLite", "Processes", "Model", "Journal"]),
    ("ExecutorsTests", ["Basics", "Model", "Executors"]),
    ("ForgesTests", ["Basics", "Git", "Model", "Enforcement", "Forges"]),
    (
        "RunnerTests",
        [
            "Basics", "Git", "Processes", "Model", "Contracts", "Enforcement", "Journal", "Executors", "Forges",
            "Runner",
        ]
    ),
    ("CommandsTests", ["Basics", "Commands"]),
    ("ArchitectureTests", ["Basics"]),
    ("EndToEndTests", ["Basics", "Processes"]),
]

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

func isBuilt(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: Context.packageDirectory + "/" + path)
}
func dependencies(_ names: [String]) -> [Target.Dependency] {
    names.filter { isBuilt("Sources/\($0)") || isBuilt("Tests/\($0)") }.map { .target(name: $0) }
}

let package = Package(
    name: "leviathan",
    platforms: [.macOS(.v15)],
    products: isBuilt("Sources/leviathan") ? [.executable(name: "leviathan", targets: ["leviathan"])] : [],
    targets: systemLibraries.map { .systemLibrary(name: $0) }
        + cTargets.filter { isBuilt("Sources/\($0)") }.map { .target(name: $0) }
        + floors.filter { isBuilt("Sources/\($0.target)") }.map {
            .target(name: $0.target, dependencies: dependencies($0.imports), swiftSettings: strict)
        }
        + (isBuilt("Sources/leviathan")
            ? [.executableTarget(name: "leviathan", dependencies: ["Commands"], swiftSettings: strict)] : [])
        + (isBuilt("Tests/TestSupport")
            ? [
                .target(
                    name: "TestSupport", dependencies: dependencies(["Basics", "Processes"]),
                    path: "Tests/TestSupport", swiftSettings: strict)
            ] : [])
        + tests.filter { isBuilt("Tests/\($0.target)") }.map {
            .testTarget(
                name: $0.target, dependencies: dependencies($0.imports + ["TestSupport"]),
                swiftSettings: strict)
        }
)
