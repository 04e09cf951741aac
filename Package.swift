// swift-tools-version: 6.2
import PackageDescription

// Every target with the targets it may import, floor by floor.
// Tests/ArchitectureTests holds this table against every `import` line.

let systemLibraries = ["CLibGit2", "CYAML", "CSQLite", "COpenSSL", "CMbedTLS", "CPCRE2", "CZlib"]

let cTargets = ["CLinux", "CCurl", "CExpat", "CMicroHTTPD", "CPostgres", "CDocs", "CBuild"]

let floors: [(target: String, imports: [String])] = [
    ("Basics", ["CLinux"]),
    ("Paths", ["Basics"]),
    ("Secrets", ["Basics"]),
    ("Crypto", ["Basics", "Secrets", "COpenSSL", "CMbedTLS"]),
    ("Processes", ["Basics", "CLinux"]),
    ("SQLite", ["Basics", "CSQLite"]),
    ("PostgreSQL", ["Basics", "Secrets", "CPostgres"]),
    ("YAML", ["Basics", "CYAML"]),
    ("TOML", ["Basics"]),
    ("Patterns", ["Basics", "CPCRE2"]),
    ("XML", ["CExpat"]),
    ("Compression", ["CZlib"]),
    ("Pages", []),
    ("Observability", ["Basics"]),
    ("HTTP", ["Basics", "Secrets", "CCurl"]),
    ("HTTPServer", ["Basics", "HTTP", "CMicroHTTPD"]),
    ("Git", ["Basics", "Paths", "Secrets", "Processes", "CLibGit2"]),
    ("Model", ["Basics", "Paths"]),
    ("Contracts", ["Basics", "Paths", "Secrets", "YAML", "Model"]),
    ("Analysis", ["Basics", "Paths", "YAML", "TOML"]),
    ("Editing", ["Basics", "Paths", "YAML", "TOML"]),
    ("Manifests", ["Basics", "Paths", "XML", "Analysis", "Editing"]),
    ("Kubernetes", ["Basics", "Secrets", "Crypto", "Processes", "Observability", "YAML", "HTTP"]),
    ("Enforcement", ["Basics", "Paths", "Secrets", "Compression", "Model", "Analysis", "Kubernetes"]),
    ("Reports", ["Basics", "Paths", "Crypto", "Model", "Contracts"]),
    ("Journal", ["Basics", "Crypto", "SQLite", "PostgreSQL"]),
    ("ObjectStorage", ["Basics", "Secrets", "Crypto", "HTTP", "Journal"]),
    (
        "Executors",
        [
            "Basics", "Paths", "Processes", "YAML", "Patterns", "Model", "Contracts", "Analysis", "Editing",
            "Manifests",
        ]
    ),
    (
        "Agent",
        [
            "Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Model", "Contracts", "Editing",
            "Executors",
        ]
    ),
    ("Notifications", ["Basics", "Secrets", "Crypto", "HTTP", "Model"]),
    ("Workspaces", ["Basics", "Paths", "Crypto", "Processes", "Git", "Model"]),
    ("Forges", ["Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Git", "Model", "Enforcement"]),
    (
        "Runner",
        [
            "Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Git", "Model", "Contracts",
            "Enforcement", "Reports", "Journal", "Executors", "Agent", "Workspaces", "Forges", "Manifests",
        ]
    ),
    ("Activity", ["Basics", "Pages", "Model", "Journal", "Runner"]),
    (
        "Scheduler",
        ["Basics", "Paths", "Processes", "Model", "Kubernetes", "Journal", "Notifications", "Runner"]
    ),
    ("API", ["Basics", "HTTP", "HTTPServer"]),
    (
        "ControlPlane",
        [
            "Basics", "Secrets", "Crypto", "HTTP", "HTTPServer", "Observability", "Model", "Journal",
            "ObjectStorage", "Forges", "Runner", "Scheduler", "API",
        ]
    ),
    (
        "Console",
        [
            "Basics", "Crypto", "HTTP", "HTTPServer", "Pages", "Analysis", "Model", "Contracts", "Reports",
            "Journal", "Runner", "Activity", "Scheduler",
            "API",
            "ControlPlane",
        ]
    ),
    ("Worker", ["Basics", "Secrets", "Crypto", "HTTP", "Model", "Journal", "Runner"]),
    ("CommandLine", ["Basics"]),
    (
        "Commands",
        [
            "Basics", "Paths", "Secrets", "Processes", "HTTPServer", "Observability", "Git", "Model", "Contracts",
            "Reports", "Journal", "ObjectStorage", "Executors", "Runner", "Scheduler", "Pages",
            "Activity", "API", "ControlPlane", "Console", "Worker", "Kubernetes", "CommandLine", "CDocs",
            "CBuild",
        ]
    ),
]

/// What several test targets share, as libraries of their own.
let testSupport: [(target: String, imports: [String])] = [
    ("TestSupport", ["Basics", "Processes"]),
    ("SecretCorpus", ["TestSupport"]),
    ("ExecutorTestSupport", ["Basics", "Paths", "Processes", "Model", "Executors", "TestSupport"]),
]

let tests: [(target: String, imports: [String])] = [
    ("ArchitectureTests", ["Basics"]),
    ("BasicsTests", ["Basics"]),
    ("PathsTests", ["Basics", "Paths"]),
    ("SecretsTests", ["Basics", "Secrets", "SecretCorpus"]),
    ("CryptoTests", ["Basics", "Secrets", "Crypto", "Processes"]),
    ("ProcessesTests", ["Basics", "Processes"]),
    ("SQLiteTests", ["Basics", "Processes", "SQLite"]),
    ("PostgreSQLTests", ["Basics", "PostgreSQL"]),
    ("XMLTests", ["XML"]),
    ("CompressionTests", ["Compression"]),
    ("PagesTests", ["Pages"]),
    ("ObservabilityTests", ["Basics", "Observability"]),
    ("ObjectStorageTests", ["Basics", "Secrets", "Journal", "ObjectStorage"]),
    ("YAMLTests", ["Basics", "YAML"]),
    ("TOMLTests", ["Basics", "Processes", "TOML"]),
    ("PatternsTests", ["Basics", "Patterns"]),
    ("HTTPTests", ["Basics", "Secrets", "HTTP"]),
    ("HTTPServerTests", ["Basics", "HTTP", "HTTPServer"]),
    ("GitTests", ["Basics", "Paths", "Secrets", "Git"]),
    ("ContractsTests", ["Basics", "Paths", "Model", "Contracts", "Executors", "Runner"]),
    ("AnalysisTests", ["Basics", "Analysis"]),
    ("EditingTests", ["Basics", "Processes", "Editing"]),
    ("KubernetesTests", ["Basics", "Secrets", "Processes", "HTTP", "YAML", "Reports", "Kubernetes"]),
    ("EnforcementTests", ["Basics", "Paths", "Secrets", "Model", "Enforcement"]),
    ("ReportsTests", ["Basics", "Paths", "Secrets", "Processes", "Model", "Reports"]),
    ("JournalTests", ["Basics", "Processes", "SQLite", "PostgreSQL", "Journal"]),
    ("ExecutorsTests", ["Basics", "Paths", "Processes", "Model", "Executors", "ExecutorTestSupport"]),
    (
        "AgentTests",
        ["Basics", "Paths", "Processes", "HTTP", "Model", "Executors", "Agent", "ExecutorTestSupport"]
    ),
    ("WorkspacesTests", ["Basics", "Paths", "Processes", "Git", "Model", "Workspaces"]),
    (
        "ForgesTests",
        ["Basics", "Paths", "Secrets", "Crypto", "Processes", "HTTP", "Git", "Model", "Enforcement", "Forges"]
    ),
    (
        "RunnerTests",
        [
            "Basics", "Paths", "Git", "Model", "Enforcement", "Journal", "Executors", "Forges", "Runner",
        ]
    ),
    ("NotificationsTests", ["Basics", "Secrets", "Crypto", "Model", "Notifications"]),
    ("SchedulerTests", ["Basics", "Paths", "Journal", "Model", "Runner", "Scheduler"]),
    ("ActivityTests", ["Basics", "Processes", "Journal", "Runner", "Activity"]),
    ("APITests", ["Basics", "HTTP", "HTTPServer", "API"]),
    (
        "ControlPlaneTests",
        [
            "Basics", "Secrets", "Crypto", "Processes", "HTTP", "HTTPServer", "Observability", "Model", "Journal",
            "Runner", "API",
            "ControlPlane",
        ]
    ),
    (
        "ConsoleTests",
        [
            "Basics", "Secrets", "Processes", "HTTP", "HTTPServer", "Contracts", "Forges", "Journal", "Runner",
            "API", "ControlPlane",
            "Console",
        ]
    ),
    ("CommandLineTests", ["Basics", "Processes", "CommandLine"]),
    ("CommandsTests", ["Basics", "Processes", "CommandLine", "Commands"]),
    ("EndToEndTests", ["Basics", "Processes", "SQLite", "PostgreSQL", "Journal", "leviathan"]),
]

/// Files of tests that are read where they lie.
let readInPlace = [
    "ExecutorsTests": ["Corpus"], "JournalTests": ["Databases"], "ReportsTests": ["Schemas"],
    "ConsoleTests": ["walk.py", "pictures.py", "onboard.py"],
    "EndToEndTests": ["terminal.py"],
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
    "Secrets", "Paths",
]

func settings(_ target: String) -> [SwiftSetting] {
    let isSmall = Context.environment["LEVIATHAN_RELEASE"] != nil && !fast.contains(target)
    return isSmall ? sources + [.unsafeFlags(["-Osize"])] : sources
}

/// What a release says of itself: scripts/build-release sets the variables.
func cSettings(_ target: String) -> [CSetting] {
    guard target == "CBuild" else { return [] }
    let said = ["LEVIATHAN_VERSION", "LEVIATHAN_COMMIT", "LEVIATHAN_COMPILER"].compactMap { name in
        Context.environment[name].map { CSetting.define(name, to: "\"\($0)\"") }
    }
    return said + (Context.environment["LEVIATHAN_RELEASE"] == nil ? [] : [.define("LEVIATHAN_IS_RELEASE")])
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
                "API", "Analysis", "Basics", "Editing", "Enforcement", "Executors", "Forges", "Git", "HTTP",
                "HTTPServer", "Kubernetes",
                "Model", "Paths", "Patterns", "Secrets", "TOML", "XML", "YAML",
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
                "Basics", "Paths", "Git", "Model", "Enforcement", "Executors", "Journal", "Processes", "SQLite",
                "Readers", "Runner", "Scheduler", "SecretCorpus", "Secrets", "TestSupport", "Workspaces",
            ]),
            path: "Tests/Measuring", swiftSettings: strict)
    ]

let package = Package(
    name: "leviathan",
    products: [.executable(name: "leviathan", targets: ["leviathan"])],
    targets: systemLibraries.map { .systemLibrary(name: $0) }
        + cTargets.map { .target(name: $0, cSettings: cSettings($0)) }
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
                exclude: readInPlace[$0.target] ?? [], swiftSettings: strict)
        } + readers + fuzzing + measuring
)
