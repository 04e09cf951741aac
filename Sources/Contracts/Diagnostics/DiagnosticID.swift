package import Basics

/// Everything that can be said about a contract.
///
/// The names are stable for ever.
package enum DiagnosticID: String, CaseIterable, Sendable {
    // What keeps a file from being read at all.
    case fileMissing = "file-missing"
    case defaultContract = "default-contract"
    case fileUnreadable = "file-unreadable"
    case fileTooLarge = "file-too-large"
    case notText = "not-text"
    case yamlSyntax = "yaml-syntax"
    case yamlTooDeep = "yaml-too-deep"
    case yamlTooManyNodes = "yaml-too-many-nodes"
    case yamlUnknownAlias = "yaml-unknown-alias"
    case yamlRecursiveAlias = "yaml-recursive-alias"
    case extraDocuments = "extra-documents"
    case duplicateKey = "duplicate-key"

    // What is wrong with one key or value.
    case unknownKey = "unknown-key"
    case aliasedSpelling = "aliased-spelling"
    case conflictingSpellings = "conflicting-spellings"
    case wrongType = "wrong-type"
    case missingField = "missing-field"
    case emptyValue = "empty-value"
    case unknownValue = "unknown-value"
    case outOfRange = "out-of-range"
    case unsupportedVersion = "unsupported-version"
    case badDuration = "bad-duration"
    case badSize = "bad-size"
    case badDate = "bad-date"
    case badCron = "bad-cron"
    case badWindow = "bad-window"
    case badPattern = "bad-pattern"
    case badVariable = "bad-variable"
    case ignoredSetting = "ignored-setting"
    case unsupportedOutputMode = "unsupported-output-mode"
    case conflictingChecks = "conflicting-checks"
    case secretInContract = "secret-in-contract"

    // What does not fit together.
    case taskIDSpelling = "task-id-spelling"
    case badTaskID = "bad-task-id"
    case duplicateTaskID = "duplicate-task-id"
    case duplicateInvariant = "duplicate-invariant"
    case unknownDependency = "unknown-dependency"
    case dependencyCycle = "dependency-cycle"
    case unknownScope = "unknown-scope"
    case missingScope = "missing-scope"
    case unknownInvariant = "unknown-invariant"
    case unknownBuiltin = "unknown-builtin"
    case executorNotAllowed = "executor-not-allowed"
    case unknownExecutor = "unknown-executor"
    case unknownInput = "unknown-input"
    case wrongInput = "wrong-input"
    case missingInput = "missing-input"
    case missingAllowedPaths = "missing-allowed-paths"
    case emptyAllowedPaths = "empty-allowed-paths"
    case patternNeverMatches = "pattern-never-matches"
    case pathsNeverMatch = "paths-never-match"
    case nothingReady = "nothing-ready"

    /// How bad it is, unless the place where it is found says that it is milder there.
    package var severity: Diagnostic.Severity {
        switch self {
        case .aliasedSpelling, .defaultContract: .note
        case .unknownKey, .ignoredSetting, .taskIDSpelling, .duplicateInvariant, .missingScope,
            .missingAllowedPaths, .patternNeverMatches, .nothingReady:
            .warning
        default: .error
        }
    }
}
