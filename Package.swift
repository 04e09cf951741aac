// swift-tools-version: 6.2
import PackageDescription

// The house: every target with the targets it may import, floor by floor.
// Tests/ArchitectureTests holds this table against every `import` line.

let systemLibraries = ["CLibGit2", "CYAML", "CSQLite", "COpenSSL", "CPCRE2"]

let cTargets = ["CLinux", "CCurl"]

let floors: [(target: String, imports: [String])] = [
    ("Basics", []),
    ("Crypto", ["Basics", "COpenSSL"]),
    ("Processes", ["Basics", "CLinux"]),
    ("SQLite", ["Basics", "CSQLite"]),
    ("YAML", ["Basics", "CYAML"]),
    ("TOML", ["Basics"]),
    ("Patterns", ["Basics", "CPCRE2"]),
    ("SourceCode", ["Basics"]),
    ("HTTP", ["Basics", "CCurl"]),
    ("Git", ["Basics", "Processes", "CLibGit2"]),
    ("Model", ["Basics"]),
    ("Contracts", ["Basics", "YAML", "Model"]),
    ("Enforcement", ["Basics", "SourceCode", "TOML", "YAML", "Model"]),
    ("Journal", ["Basics", "Crypto", "SQLite", "Model"]),
    ("Executors", ["Basics", "Crypto", "HTTP", "Patterns", "Processes", "SourceCode", "TOML", "YAML", "Model"]),
    ("Workspaces", ["Basics", "Crypto", "Git", "Processes", "Model"]),
    ("Forges", ["Basics", "Crypto", "Git", "HTTP", "Processes", "Model", "Enforcement"]),
    (
        "Runner",
        [
            "Basics", "Crypto", "Git", "HTTP", "Processes", "Model", "Contracts", "Enforcement", "Journal",
            "Executors", "Workspaces", "Forges",
        ]
    ),
    ("Commands", ["Basics", "Git", "Processes", "Model", "Contracts", "Journal", "Executors", "Runner"]),
]

let tests: [(target: String, imports: [String])] = [
    ("ArchitectureTests", ["Basics"]),
    ("BasicsTests", ["Basics"]),
    ("CryptoTests", ["Basics", "Crypto", "Processes"]),
    ("ProcessesTests", ["Basics", "Processes"]),
    ("SQLiteTests", ["Basics", "Processes", "SQLite"]),
    ("YAMLTests", ["Basics", "YAML"]),
    ("TOMLTests", ["Basics", "Processes", "TOML"]),
    ("PatternsTests", ["Basics", "Patterns"]),
    ("SourceCodeTests", ["SourceCode"]),
    ("HTTPTests", ["Basics", "HTTP", "Processes"]),
    ("GitTests", ["Basics", "Git"]),
    ("ContractsTests", ["Basics", "Model", "Contracts"]),
    ("EnforcementTests", ["Basics", "Model", "Enforcement"]),
    ("JournalTests", ["Basics", "Journal", "Processes", "SQLite"]),
    ("ExecutorsTests", ["Basics", "HTTP", "Model", "Executors", "Processes"]),
    ("WorkspacesTests", ["Basics", "Git", "Model", "Processes", "Workspaces"]),
    ("ForgesTests", ["Basics", "Crypto", "Git", "HTTP", "Processes", "Model", "Enforcement", "Forges"]),
    ("CommandsTests", ["Basics", "Commands", "Processes"]),
    ("EndToEndTests", ["Basics", "Journal", "Processes", "SQLite", "leviathan"]),
]

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

func dependencies(_ names: [String]) -> [Target.Dependency] { names.map { .target(name: $0) } }

/// The fuzzer is a program of its own, whose every part is built with coverage: `make fuzz`.
let fuzzing: [Target] =
    Context.environment["LEVIATHAN_FUZZING"] == nil
    ? []
    : [
        .executableTarget(
            name: "Fuzzing", dependencies: dependencies(["Basics", "Model", "Contracts"]), path: "Tests/Fuzzing",
            swiftSettings: strict, linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
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
                "TestSupport", "Workspaces",
            ]),
            path: "Tests/Measuring", swiftSettings: strict)
    ]

let package = Package(
    name: "leviathan",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "leviathan", targets: ["leviathan"])],
    targets: systemLibraries.map { .systemLibrary(name: $0) }
        + cTargets.map { .target(name: $0) }
        + floors.map {
            .target(name: $0.target, dependencies: dependencies($0.imports), swiftSettings: sources)
        }
        + [
            .executableTarget(name: "leviathan", dependencies: ["Commands"], swiftSettings: sources),
            .target(
                name: "TestSupport", dependencies: ["Basics", "Processes"], path: "Tests/TestSupport",
                swiftSettings: strict),
        ]
        + tests.map {
            .testTarget(
                name: $0.target, dependencies: dependencies($0.imports + ["TestSupport"]),
                exclude: $0.target == "JournalTests" ? ["Databases"] : [], swiftSettings: strict)
        } + fuzzing + measuring
)
