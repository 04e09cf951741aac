import Basics
import Processes
import TestSupport
import Testing
import YAML

@testable import Kubernetes

/// What 'make up' runs: deploy/try for podman, and the same for Docker.
@Suite(.timeLimit(.minutes(60))) struct TryPlatformTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    private static let programs = root + "/.build/venv/bin/"

    private static func run(_ program: String, _ words: [String]) throws -> ProcessOutcome {
        try Subprocess(programs + program, words, environment: ["PATH": "/usr/bin:/bin", "HOME": "/tmp"]).run()
    }

    private static func read(_ name: String) throws -> JSON {
        let bytes = try FileSystem.read(root + "/deploy/try/" + name, limit: 1 << 20)
        return YAMLValues.json(try #require(try YAML.parse(bytes).first?.root))
    }

    /// The containers of both pods, by name.
    private static func containers() throws -> [String: JSON] {
        let all = try ["pod.yaml", "worker.yaml"].flatMap { try read($0)["spec"]?["containers"]?.elements ?? [] }
        return Dictionary(uniqueKeysWithValues: all.map { ($0["name"]?.string ?? "", $0) })
    }

    @Test(.enabled(if: FileSystem.exists(programs + "kubernetes-validate")), arguments: ["1.30", "1.37"])
    func thePodsSatisfyTheSchema(version: String) throws {
        for name in ["pod.yaml", "worker.yaml"] {
            let words = ["-k", version, "--strict", Self.root + "/deploy/try/" + name]
            let found = try Self.run("kubernetes-validate", words)
            #expect(found.succeeded, "\(name): \(found.output.text)\(found.errors.text)")
        }
    }

    @Test(.enabled(if: FileSystem.exists(programs + "check-jsonschema"))) func theFileForDockerSatisfiesItsSchema()
        throws
    {
        let words = ["--builtin-schema", "vendor.compose-spec", Self.root + "/deploy/try/compose.yaml"]
        let found = try Self.run("check-jsonschema", words)
        #expect(found.succeeded, "\(found.output.text)\(found.errors.text)")
    }

    /// Everything may do as little as in a cluster, but for the machine's network.
    @Test func everyContainerIsRestricted() throws {
        for name in ["pod.yaml", "worker.yaml"] {
            let spec = try Self.read(name)["spec"] ?? .null
            #expect(spec["securityContext"]?["runAsNonRoot"] == true && spec["hostNetwork"] == true)
            for container in spec["containers"]?.elements ?? [] {
                let context = container["securityContext"]
                #expect(
                    context?["readOnlyRootFilesystem"] == true && context?["allowPrivilegeEscalation"] == false
                        && context?["capabilities"]?["drop"] == ["ALL"], "\(container.text())")
                #expect(container["image"]?.string?.hasSuffix(":local") == true)
            }
        }
    }

    /// What `<<` takes in counts where nothing else is said.
    private static func merged(_ value: JSON) -> JSON {
        guard let parent = value["<<"] else { return value }
        let own = (value.members ?? []).filter { $0.name != "<<" }
        let names = Set(own.map(\.name))
        return .object((merged(parent).members ?? []).filter { !names.contains($0.name) } + own)
    }

    /// The checker finds that they share the machine's network, and nothing else that a single machine could do better.
    @Test func theCheckerFindsWhatIsMeant() throws {
        let files = try ["pod.yaml", "worker.yaml"].map { name in
            ManifestFile(path: name, bytes: try FileSystem.read(Self.root + "/deploy/try/" + name, limit: 1 << 20))
        }
        let found = Set(ManifestCheck.findings(in: files).map(\.id))
        #expect(found == ["manifest-namespace", "manifest-network-policy", "manifest-host-access"])
    }

    /// The same programs with the same words and variables, whoever starts them.
    @Test func bothFilesStartTheSame() throws {
        let (pods, services) = (try Self.containers(), try Self.read("compose.yaml")["services"])
        #expect(Set(pods.keys) == Set(services?.members?.map(\.name) ?? []) && pods.count == 5)
        for (name, container) in pods {
            let service = Self.merged(services?[name] ?? .null)
            #expect(container["command"] ?? container["args"] == service["command"], "\(name)")
            #expect(container["image"] == service["image"], "\(name)")
            for variable in container["env"]?.elements ?? [] {
                let key = variable["name"]?.string ?? ""
                let said = service["environment"]?[key]?.string ?? ""
                let isToken = variable["value"] == nil
                #expect(
                    isToken ? said.hasPrefix("${\(key):?") : said == variable["value"]?.string, "\(name) \(key)")
            }
        }
    }
}
