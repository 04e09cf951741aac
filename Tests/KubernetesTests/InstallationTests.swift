import Basics
import Glibc
import Processes
import TestSupport
import Testing
import YAML

@testable import Kubernetes

/// What is installed: the files of deploy/kubernetes, and what kustomize and the schemas of clusters say of them.
@Suite(.timeLimit(.minutes(60))) struct InstallationTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    private static let directory = root + "/deploy/kubernetes"
    private static let programs = root + "/.build/venv/bin/"
    private static let hasChecks =
        ["kubectl", "kubernetes-validate"].allSatisfy { FileSystem.exists(programs + $0) }
    private static let hasExpressions = hasChecks && FileSystem.exists(programs + "cel-python")

    private static func run(_ program: String, _ words: [String]) throws -> ProcessOutcome {
        try Subprocess(programs + program, words, environment: ["PATH": "/usr/bin:/bin", "HOME": "/tmp"]).run()
    }

    private static func names(below directory: String) throws -> [String] {
        try FileSystem.list(directory).flatMap { name -> [String] in
            guard FileSystem.isDirectory(directory + "/" + name) else { return [name] }
            return try names(below: directory + "/" + name).map { name + "/" + $0 }
        }
    }

    /// With `LEVIATHAN_RECORD=1` the files are written, and the test fails so that nobody records by accident.
    @Test func theFilesAreThoseOfTheProgram() throws {
        var differing: [String] = []
        for file in DeploymentTree.files {
            let path = Self.directory + "/" + file.path
            let there = try? FileSystem.read(path, limit: 1 << 20)
            if there != Array(file.text.utf8) { differing.append(file.path) }
            if getenv("LEVIATHAN_RECORD") != nil {
                try FileSystem.createDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
                try FileSystem.write(Array(file.text.utf8), to: path)
            }
        }
        #expect(differing == [], "LEVIATHAN_RECORD=1 swift test writes deploy/kubernetes")
        #expect(Set(try Self.names(below: Self.directory)) == Set(DeploymentTree.files.map(\.path)))
    }

    private static func keyed(_ resources: [JSON]) -> [String: String] {
        Dictionary(
            resources.map { resource in
                let key = (resource["kind"]?.string ?? "") + "/" + (resource["metadata"]?["name"]?.string ?? "")
                return (key, resource.text(.canonical))
            }, uniquingKeysWith: { first, _ in first + " twice" })
    }

    @Test(.enabled(if: hasChecks), arguments: InstallationOverlay.allCases)
    func kustomizeMakesTheSameOfTheFiles(overlay: InstallationOverlay) throws {
        let place = Self.directory + (overlay == .base ? "/base" : "/overlays/" + overlay.rawValue)
        let made = try Self.run("kubectl", ["kustomize", place])
        #expect(made.succeeded, "\(made.errors.text)")
        let read = try YAML.parse(Array(made.output.text.utf8)).compactMap { $0.root.map(YAMLValues.json) }
        let (theirs, ours) = (Self.keyed(read), Self.keyed(overlay.resources()))
        #expect(Set(theirs.keys) == Set(ours.keys) && ours.count > 20)
        for (key, text) in ours { #expect(theirs[key] == text, "\(key)") }
    }

    /// The oldest that has all of it, and the newest; strictly: an unknown member is an error.
    @Test(.enabled(if: hasChecks), arguments: ["1.30", "1.37"])
    func everySchemaIsSatisfied(version: String) throws {
        let place = try TemporaryDirectory()
        var resources =
            InstallationOverlay.allCases.flatMap { $0.resources() } + [WorkerJobTests.job().resource.json]
        resources += [WorkerJobTests.job("A strange $(ID)").resource.json]
        let path = try place.write("all.yaml", ManifestText.stream(resources))
        let found = try Self.run("kubernetes-validate", ["-k", version, "--strict", path])
        #expect(found.succeeded, "\(found.output.text)\(found.errors.text)")
        let broken = try place.write("broken.yaml", ManifestText.stream([Self.misspelt(resources)]))
        #expect(try !Self.run("kubernetes-validate", ["-k", version, "--strict", broken]).succeeded)
    }

    /// The Job with one member that no cluster knows: what proves that the schemas were asked.
    private static func misspelt(_ resources: [JSON]) -> JSON {
        let job = resources.last ?? .null
        let spec = (job["spec"]?.members ?? []) + [JSON.Member("backofLimit", 0)]
        return .object((job.members ?? []).map { $0.name == "spec" ? JSON.Member("spec", .object(spec)) : $0 })
    }

    /// The expressions of the admission policy, as another implementation of CEL evaluates them.
    @Test(.enabled(if: hasExpressions)) func theAdmissionPolicyRefusesWhatItSays() throws {
        let program = """
            import celpy, copy, json, sys
            spec = json.load(sys.stdin)
            env = celpy.Environment()
            run = lambda text, names: env.program(env.compile(text)).evaluate(names)
            def refused(change):
                pod = {'metadata': {'labels': {'app': 'leviathan-worker'}}, 'spec': {
                    'serviceAccountName': 'leviathan-worker', 'automountServiceAccountToken': False,
                    'containers': [{'image': 'leviathan:local'}], 'volumes': [{'emptyDir': {}}]}}
                change(pod)
                names = {'object': celpy.json_to_cel(pod)}
                names['variables'] = celpy.json_to_cel({})
                for v in spec['variables']:
                    names['variables'][celpy.celtypes.StringType(v['name'])] = run(v['expression'], names)
                return [i for i, v in enumerate(spec['validations']) if not run(v['expression'], names)]
            print(json.dumps([refused(c) for c in [
                lambda p: None,
                lambda p: p['spec']['containers'][0].update(image='a@sha256:' + 'ab' * 32),
                lambda p: p['spec'].pop('volumes'),
                lambda p: (p['metadata'].pop('labels'), p['spec'].update(serviceAccountName='leviathan-journal')),
                lambda p: p['spec']['containers'][0].update(image='a:latest'),
                lambda p: p['spec'].update(initContainers=[{'image': 'a:1.2'}]),
                lambda p: p['spec'].update(serviceAccountName='default'),
                lambda p: p['spec'].update(serviceAccountName='leviathan-scheduler'),
                lambda p: p['spec'].pop('automountServiceAccountToken'),
                lambda p: p['spec'].update(automountServiceAccountToken=True),
                lambda p: p['spec']['volumes'].append({'hostPath': {'path': '/'}}),
            ]]))
            """
        let policy = try #require(
            InstallationOverlay.kind.resources().first { $0["kind"] == "ValidatingAdmissionPolicy" })
        var python = Subprocess(
            Self.programs + "python", ["-c", program], environment: ["PATH": "/usr/bin:/bin", "HOME": "/tmp"])
        python.input = .bytes(Array((policy["spec"] ?? .null).text().utf8))
        let result = try python.run()
        #expect(result.succeeded, "\(result.errors.text)")
        #expect(
            try JSON.parse(result.output.text)
                == [[], [], [], [], [0], [0], [1, 2], [2], [3], [3], [4]])
    }

    /// Names that commands of the older system use.
    @Test func namesAndLabelsAreTheOldOnes() throws {
        let resources = InstallationOverlay.base.resources() + InstallationOverlay.cron.resources()
        for (kind, name) in [
            ("Namespace", "leviathan"), ("Deployment", "leviathan-control-plane"),
            ("Service", "leviathan-control-plane"), ("Deployment", "leviathan-scheduler"),
            ("CronJob", "leviathan-dev-scheduler"),
        ] {
            let found = try #require(
                resources.first { $0["kind"]?.string == kind && $0["metadata"]?["name"]?.string == name },
                "\(name)")
            if kind == "Deployment" {
                #expect(found["spec"]?["template"]?["metadata"]?["labels"]?["app"]?.string == name)
            }
        }
        let kinds = InstallationOverlay.cron.resources().compactMap { $0["kind"]?.string }
        #expect(kinds.filter { $0 == "Deployment" }.count == 1, "the control plane alone")
    }

    /// The scheduler may have Jobs and read pods in its namespace; nobody may do anything else.
    @Test func rightsAreFew() throws {
        let all = InstallationOverlay.eks.resources()
        let roles = all.filter { ["Role", "ClusterRole"].contains($0["kind"]?.string) }
        #expect(roles.count == 1 && roles[0]["kind"] == "Role")
        let rules = try #require(roles[0]["rules"]?.elements)
        let given = rules.flatMap { rule in
            (rule["resources"]?.elements ?? []).map { resource in
                "\(resource.string ?? ""): "
                    + (rule["verbs"]?.elements ?? []).compactMap(\.string).joined(separator: " ")
            }
        }
        #expect(
            given == [
                "jobs: create get list watch delete", "pods: get list watch", "pods/log: get", "events: list",
                "leases: create", "leases: get update",
            ])
    }

    /// Jobs are made by one of two schedulers, which alone reaches the API server, with a token that ends.
    @Test func theOverlayOfJobsHasASchedulerThatMakesThem() throws {
        let resources = InstallationOverlay.jobs.resources()
        let scheduler = try #require(
            resources.first { $0["kind"] == "Deployment" && $0["metadata"]?["name"] == "leviathan-scheduler" })
        #expect(scheduler["spec"]?["replicas"] == 2)
        let pod = try #require(scheduler["spec"]?["template"]?["spec"])
        let words = pod["containers"]?.elements?.first?["command"]?.elements?.compactMap(\.string) ?? []
        #expect(words.joined(separator: " ").contains("--all --dispatch kubernetes --lease leviathan-scheduler"))
        #expect(pod["automountServiceAccountToken"] == false)
        let sources = pod["volumes"]?.elements?.compactMap { $0["projected"]?["sources"]?.elements }.first
        #expect(sources?.first?["serviceAccountToken"]?["expirationSeconds"] == 3600)
        let policy = try #require(resources.first { $0["metadata"]?["name"] == "leviathan-to-cluster" })
        let chosen = policy["spec"]?["podSelector"]?["matchExpressions"]?.elements?.first?["values"]
        #expect(chosen == ["leviathan-scheduler"])
    }

    @Test func anImageOfOnesOwn() throws {
        let image = try ContainerImage("registry.example/l@sha256:" + String(repeating: "1f", count: 32))
        for overlay in InstallationOverlay.allCases {
            let text = ManifestText.stream(overlay.resources(image: image))
            #expect(!text.contains("leviathan:local") && text.contains(image.reference), "\(overlay)")
        }
    }
}

/// What our own reader makes of YAML, as JSON.
enum YAMLValues {
    static func json(_ node: YAMLNode) -> JSON {
        if let items = node.items { return .array(items.map(json)) }
        if let entries = node.entries {
            return .object(entries.map { JSON.Member($0.key.scalar?.text ?? "", json($0.value)) })
        }
        switch node.value {
        case .bool(let value): return .bool(value)
        case .integer(let value): return .integer(value)
        case .float(let value): return .double(value)
        case .string(let value): return .string(value)
        default: return .null
        }
    }
}
