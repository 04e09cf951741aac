package import Basics
internal import YAML

/// A target as the older system kept it in a cluster: a ConfigMap `leviathan-target-NAME` that holds the three files of its contract.
package struct TargetMap: Hashable, Sendable {
    private static let prefix = "leviathan-target-"

    /// The name of the ConfigMap.
    package let map: String
    /// What its `contract.yaml` says of the repository; or why that cannot be known.
    package let repository: Result<Repository, TargetMapError>

    package struct Repository: Hashable, Sendable {
        package let url: String
        package let branch: String?
    }

    /// Those of all these files, in their order; what is no such ConfigMap is left alone, and what cannot be read is told of.
    package static func all(in files: [ManifestFile]) -> (maps: [TargetMap], findings: [Diagnostic]) {
        let set = ManifestSet(files, ManifestLimits())
        let maps = set.manifests.filter { $0.kind == "ConfigMap" && $0.name?.hasPrefix(prefix) == true }
        return (maps.map(TargetMap.init), set.findings)
    }

    private init(_ object: ClusterObject) {
        map = object.name ?? ""
        guard let text = object.root["data"]?["contract.yaml"]?.text else {
            repository = .failure(TargetMapError(map: map, problem: "it holds no 'contract.yaml'"))
            return
        }
        repository = Self.repository(text, map)
    }

    private static func repository(_ text: String, _ map: String) -> Result<Repository, TargetMapError> {
        let root: YAMLNode?
        do throws(YAMLError) { root = try YAML.parse(Array(text.utf8)).first?.root } catch {
            return .failure(
                TargetMapError(map: map, problem: "its 'contract.yaml' cannot be read: \(error.message)"))
        }
        let inner = root?["repository"]
        guard let url = inner?["url"]?.text ?? root?["repo_url"]?.text, !url.isEmpty else {
            return .failure(
                TargetMapError(
                    map: map, problem: "its 'contract.yaml' names no repository ('repository: {url: …}')"))
        }
        let branch = inner?["default_branch"]?.text ?? root?["default_branch"]?.text
        return .success(Repository(url: url, branch: branch))
    }
}

/// Why a ConfigMap registers nothing.
package struct TargetMapError: ExplainedError, Hashable {
    let map: String
    let problem: String

    package var message: String { "the ConfigMap '\(map)' registers nothing: \(problem)" }
    package var hint: String? { "leviathan target add URL" }
}
