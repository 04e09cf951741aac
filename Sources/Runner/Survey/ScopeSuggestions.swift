internal import Basics
internal import Contracts
internal import Manifests
internal import Paths

/// Scopes that fit what a repository has: tests, manifests, pipelines and infrastructure.
struct ScopeSuggestions {
    private var tests: Set<String> = []
    private var manifests: Set<String> = []
    private var pipelines: Set<String> = []
    private var infrastructure: Set<String> = []

    /// More paths than these make a pattern of the name.
    private static let mostPaths = 12

    private static let testDirectories: Set<String> = ["test", "tests", "spec", "__tests__"]

    /// What the tools of the manifests write.
    private static let lockNames: Set<String> = [
        "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock", "poetry.lock", "uv.lock", "pdm.lock",
        "Pipfile.lock", "go.sum", "Cargo.lock", "Package.resolved", "Gemfile.lock", "gradle.lockfile",
    ]

    private static let pipelineNames: Set<String> = [
        ".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", ".travis.yml", "bitbucket-pipelines.yml",
    ]

    private static let infrastructureNames: Set<String> = [
        "kustomization.yaml", "kustomization.yml", "values.yaml", "values.yml",
    ]

    /// `resources` are files of those paths that describe something of Kubernetes.
    init(_ paths: [String], resources: [String]) {
        for path in paths { take(path) }
        for path in resources where Self.isPlain(path) { infrastructure.insert(path) }
        // A file that only these lead to, as `requirements.txt` does with `-r`, is no manifest by its name.
        infrastructure.subtract(pipelines.union(manifests))
    }

    private static func isPlain(_ path: String) -> Bool { !path.utf8.contains { "*?[]{}\\".utf8.contains($0) } }

    private mutating func take(_ path: String) {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last, Self.isPlain(path) else { return }
        takeTest(parts, name)
        let kind = (try? RepoPath(path)).flatMap { ManifestKind.of($0) }
        if kind != nil || Self.lockNames.contains(name) { manifests.insert(path) }
        let isWorkflow =
            path.hasPrefix(".github/workflows/") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
        if isWorkflow || parts.count == 1 && Self.pipelineNames.contains(name) || path == ".circleci/config.yml" {
            pipelines.insert(path)
        }
        if name.hasSuffix(".tf") { infrastructure.insert("**/*.tf") }
        if Self.infrastructureNames.contains(name) { infrastructure.insert(path) }
    }

    private mutating func takeTest(_ parts: [String], _ name: String) {
        if let index = parts.dropLast().firstIndex(where: { Self.testDirectories.contains($0.lowercased()) }) {
            tests.insert(parts[...index].joined(separator: "/") + "/**")
        } else if name.hasSuffix("_test.go") {
            tests.insert("**/*_test.go")
        } else {
            let pieces = name.split(separator: ".")
            if pieces.count > 2, ["test", "spec"].contains(pieces[pieces.count - 2]) {
                tests.insert("**/*.\(pieces.suffix(2).joined(separator: "."))")
            }
        }
    }

    var scopes: [StarterScope] {
        [
            StarterScope("tests", paths: Self.few(tests)),
            StarterScope("dependencies", paths: Self.few(manifests)),
            // Files that run something on a push have to be named one by one.
            StarterScope("ci", paths: Array(pipelines.sorted().prefix(40))),
            StarterScope("infra", paths: Self.few(infrastructure)),
        ].filter { !$0.paths.isEmpty }
    }

    /// Some paths as they are; of many the names, wherever they stand.
    private static func few(_ paths: Set<String>) -> [String] {
        guard paths.count > mostPaths else { return paths.sorted() }
        return Set(paths.map(pattern)).sorted()
    }

    private static func pattern(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard !path.contains("*"), parts.count > 1, let name = parts.last else { return path }
        // What is protected has to be named, and `requirements/dev.txt` is no name that says what it is.
        if name.first == "." { return path }
        if parts[parts.count - 2] == "requirements" { return "**/requirements/*" }
        let isResource = name.hasSuffix(".yaml") || name.hasSuffix(".yml")
        return isResource && (try? RepoPath(path)).flatMap { ManifestKind.of($0) } == nil
            ? "\(parts[0])/**" : "**/\(name)"
    }
}
