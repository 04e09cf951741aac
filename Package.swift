// swift-tools-version: 6.2
import PackageDescription

// The house: every target with the targets it may import, floor by floor.
// Tests/ArchitectureTests holds this table against every `import` line.

let systemLibraries = ["CLibGit2", "CYAML", "CSQLite", "COpenSSL", "CMbedTLS", "CPCRE2"]

let cTargets = ["CLinux", "CCurl", "CExpat"]

let floors: [(target: String, imports: [String])] = [
    ("Basics", []),
    ("Crypto", ["Basics", "COpenSSL", "CMbedTLS"]),
    ("Processes", ["Basics", "CLinux"]),
    ("SQLite", ["Basics", "CSQLite"]),
    ("YAML", ["Basics", "CYAML"]),
    ("TOML", ["Basics"]),
    ("Patterns", ["Basics", "CPCRE2"]),
    ("XML", ["CExpat"]),
    ("HTTP", ["Basics", "CCurl"]),
    ("Git", ["Basics", "Processes", "CLibGit2"]),
    ("Model", ["Basics"]),
    ("Contracts", ["Basics", "YAML", "Model"]),
    ("Analysis", ["Basics", "TOML", "YAML"]),
    ("Editing", ["Basics", "TOML", "YAML"]),
    ("Manifests", ["Basics", "XML", "Analysis", "Editing"]),
    ("Enforcement", ["Basics", "Model", "Analysis"]),
    ("Journal", ["Basics", "Crypto", "SQLite", "Model"]),
    ("Executors", ["Basics", "Patterns", "Processes", "YAML", "Model", "Analysis", "Editing", "Manifests"]),
    ("Agent", ["Basics", "Crypto", "HTTP", "Processes", "Model", "Editing", "Executors"]),
    ("Workspaces", ["Basics", "Crypto", "Git", "Processes", "Model"]),
    ("Forges", ["Basics", "Crypto", "Git", "HTTP", "Processes", "Model", "Enforcement"]),
    (
        "Runner",
        [
            "Basics", "Crypto", "Git", "HTTP", "Processes", "Model", "Contracts", "Enforcement", "Journal",
            "Executors", "Agent", "Workspaces", "Forges",
        ]
    ),
    ("CommandLine", ["Basics"]),
    (
        "Commands",
        ["Basics", "Git", "Processes", "Model", "Contracts", "Journal", "Executors", "Runner", "CommandLine"]
    ),
]

/// What several test targets share, as libraries of their own.
let testSupport: [(target: String, imports: [String])] = [
    ("TestSupport", ["Basics", "Processes"]),
    ("ExecutorTestSupport", ["Basics", "Processes", "Model", "Executors", "TestSupport"]),
]

let tests: [(target: String, imports: [String])] = [
    ("ArchitectureTests", ["Basics"]),
    ("BasicsTests", ["Basics"]),
    ("CryptoTests", ["Basics", "Crypto", "Processes"]),
    ("ProcessesTests", ["Basics", "Processes"]),
    ("SQLiteTests", ["Basics", "Processes", "SQLite"]),
    ("XMLTests", ["XML"]),
    ("YAMLTests", ["Basics", "YAML"]),
    ("TOMLTests", ["Basics", "Processes", "TOML"]),
    ("PatternsTests", ["Basics", "Patterns"]),
    ("HTTPTests", ["Basics", "HTTP", "Processes"]),
    ("GitTests", ["Basics", "Git"]),
    ("ContractsTests", ["Basics", "Model", "Contracts"]),
    ("AnalysisTests", ["Analysis"]),
    ("EditingTests", ["Basics", "Editing"]),
    ("EnforcementTests", ["Basics", "Model", "Enforcement"]),
    ("JournalTests", ["Basics", "Journal", "Processes", "SQLite"]),
    ("ExecutorsTests", ["Basics", "Processes", "Model", "Executors", "ExecutorTestSupport"]),
    ("AgentTests", ["Basics", "HTTP", "Processes", "Model", "Executors", "Agent", "ExecutorTestSupport"]),
    ("WorkspacesTests", ["Basics", "Git", "Model", "Processes", "Workspaces"]),
    ("ForgesTests", ["Basics", "Crypto", "Git", "HTTP", "Processes", "Model", "Enforcement", "Forges"]),
    ("CommandLineTests", ["Basics", "CommandLine", "Processes"]),
    ("CommandsTests", ["Basics", "CommandLine", "Commands", "Processes"]),
    ("EndToEndTests", ["Basics", "Journal", "Processes", "SQLite", "leviathan"]),
]

/// `LEVIATHAN_TESTS=GitTests,JournalTests` leaves out the other test targets, and what only they need.
let chosenTests = Context.environment["LEVIATHAN_TESTS"].map { Set($0.split(separator: ",").map(String.init)) }

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
    .define("FAILPOINTS", .when(configuration: .debug)),
]

/// The sources do without the standard library's regular expressions: they cost megabytes and cannot be bounded.
let sources =
    strict + [.unsafeFlags(["-Xfrontend", "-disable-implicit-string-processing-module-import"])]

/// Targets whose speed counts more than their size: scripts/build-release makes all others small.
let fast: Set<String> = [
    "Basics", "Crypto", "Enforcement", "Git", "Journal", "Model", "Contracts", "SQLite", "Analysis", "YAML",
]

func settings(_ target: String) -> [SwiftSetting] {
    let isSmall = Context.environment["LEVIATHAN_RELEASE"] != nil && !fast.contains(target)
    return isSmall ? sources + [.unsafeFlags(["-Osize"])] : sources
}

func dependencies(_ names: [String]) -> [Target.Dependency] { names.map { .target(name: $0) } }

/// The readers of foreign text, as the fuzzer and the measurements call them.
let readers: [Target] =
    Context.environment["LEVIATHAN_FUZZING"] == nil && Context.environment["LEVIATHAN_MEASURING"] == nil
    ? []
    : [
        .target(
            name: "Readers",
            dependencies: dependencies([
                "Basics", "Enforcement", "Executors", "Model", "Patterns", "TOML", "XML", "YAML",
            ]), path: "Tests/Readers", swiftSettings: strict)
    ]

/// The fuzzer is a program of its own, whose every part is built with coverage: `make fuzz`.
let fuzzing: [Target] =
    Context.environment["LEVIATHAN_FUZZING"] == nil
    ? []
    : [
        .executableTarget(
            name: "Fuzzing", dependencies: dependencies(["Basics", "Model", "Contracts", "Readers"]),
            path: "Tests/Fuzzing",
            swiftSettings: strict, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
    ]

/// Measures parts that have no command of their own: `make bench`.
let measuring: [Target] =
    Context.environment["LEVIATHAN_MEASURING"] == nil
    ? []
    : [
        .executableTarget(
            name: "Measuring",
            dependencies: dependencies([
                "Basics", "Git", "Model", "Enforcement", "Executors", "Journal", "Processes", "SQLite",
                "Readers", "TestSupport", "Workspaces",
            ]),
            path: "Tests/Measuring", swiftSettings: strict)
    ]

let package = Package(
    name: "leviathan",
    products: [.executable(name: "leviathan", targets: ["leviathan"])],
    targets: systemLibraries.map { .systemLibrary(name: $0) }
        + cTargets.map { .target(name: $0) }
        + floors.map {
            .target(name: $0.target, dependencies: dependencies($0.imports), swiftSettings: settings($0.target))
        }
        + [
            .executableTarget(name: "leviathan", dependencies: ["Commands"], swiftSettings: sources)
        ]
        + testSupport.map {
            .target(
                name: $0.target, dependencies: dependencies($0.imports), path: "Tests/" + $0.target,
                swiftSettings: strict)
        }
        + tests.filter { chosenTests?.contains($0.target) ?? true }.map {
            .testTarget(
                name: $0.target, dependencies: dependencies($0.imports + ["TestSupport"]),
                exclude: $0.target == "JournalTests" ? ["Databases"] : [], swiftSettings: strict)
        } + readers + fuzzing + measuring
)
