internal import Basics
internal import Contracts

/// Scopes that fit what a repository has: tests, manifests, pipelines and infrastructure.
struct ScopeSuggestions {
    private var tests: Set<String> = []
    private var manifests: Set<String> = []
    private var pipelines: Set<String> = []
    private var infrastructure: Set<String> = []

    /// More paths than these make a pattern of the name.
    private static let mostPaths = 12

    private static let testDirectories: Set<String> = ["test", "tests", "spec", "__tests__"]

    private static let manifestNames: Set<String> = [
        "package.json", "package-lock.json", "pnpm-lock.yaml", "yarn.lock", "pyproject.toml", "poetry.lock",
        "uv.lock", "Pipfile", "Pipfile.lock", "go.mod", "go.sum", "Cargo.toml", "Cargo.lock", "pom.xml",
        "build.gradle", "build.gradle.kts", "libs.versions.toml", "Package.swift", "Package.resolved", "Gemfile",
        "Gemfile.lock", "composer.json", "composer.lock", ".pre-commit-config.yaml",
    ]

    private static let pipelineNames: Set<String> = [
        ".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile", ".travis.yml", "bitbucket-pipelines.yml",
    ]

    private static let infrastructureNames: Set<String> = [
        "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml", "kustomization.yaml",
        "Chart.yaml", "values.yaml",
    ]

    init(_ paths: [String]) { for path in paths { take(path) } }

    private mutating func take(_ path: String) {
        let parts = path.split(separator: "/").map(String.init)
        guard let name = parts.last, !parts.contains(where: { $0.utf8.contains { "*?[]{}\\".utf8.contains($0) } })
        else { return }
        takeTest(parts, name)
        let isRequirement = name.hasPrefix("requirements") && (name.hasSuffix(".txt") || name.hasSuffix(".in"))
        if Self.manifestNames.contains(name) || isRequirement { manifests.insert(path) }
        let isWorkflow =
            path.hasPrefix(".github/workflows/") && (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
        if isWorkflow || parts.count == 1 && Self.pipelineNames.contains(name) || path == ".circleci/config.yml" {
            pipelines.insert(path)
        }
        if name.hasSuffix(".tf") { infrastructure.insert("**/*.tf") }
        if Self.infrastructureNames.contains(name) || name == "Dockerfile" || name.hasPrefix("Dockerfile.") {
            infrastructure.insert(path)
        }
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

    private static func few(_ paths: Set<String>) -> [String] {
        guard paths.count > mostPaths else { return paths.sorted() }
        return Set(
            paths.map { path in
                path.contains("*") || !path.contains("/") ? path : "**/" + (path.split(separator: "/").last ?? "")
            }
        ).sorted()
    }
}
