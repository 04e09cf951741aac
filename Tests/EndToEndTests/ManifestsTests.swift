import Basics
import Processes
import TestSupport
import Testing

/// `manifests` and `check-manifests`, and the invariant of the same rules.
@Suite(.timeLimit(.minutes(60))) struct ManifestsTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    private func run(_ words: String..., input: String = "", in directory: String = "/") throws -> ProcessOutcome {
        try TestTarget.run(words, in: directory, environment: ["PATH": "/usr/bin:/bin"], input: Array(input.utf8))
    }

    private func text(_ path: String) throws -> String {
        String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }

    @Test func theFilesAreWrittenAndClean() throws {
        let place = try TemporaryDirectory()
        #expect(try run("manifests", "--write", "k", in: place.path).succeeded)
        for name in ["base/scheduler.yaml", "overlays/kind/kustomization.yaml"] {
            #expect(
                try text(place.path + "/k/" + name) == text(Self.root + "/deploy/kubernetes/" + name), "\(name)")
        }
        // What 'make up' tries on one machine shares the network of that, and is in no cluster.
        let clean = try run("check-manifests", "deploy/kubernetes", "--strict", in: Self.root)
        #expect(clean.succeeded && clean.output.text.isEmpty, "\(clean.output.text)")
        #expect(clean.errors.text.hasPrefix("no problems in ") && !clean.errors.text.contains(" 0 object"))
        _ = try place.write("file", "")
        #expect(try run("manifests", "--write", "file/x", in: place.path).ending == .exited(3))
    }

    @Test func oneStreamOrOneList() throws {
        let stream = try run("manifests", "--overlay", "k3s")
        #expect(stream.succeeded && stream.output.text.hasPrefix("apiVersion: v1\nkind: Namespace\n"))
        let piped = try run("check-manifests", "-", "--strict", input: stream.output.text)
        #expect(piped.succeeded, "\(piped.output.text)")
        let list = try run("manifests", "--overlay", "k3s", "--json").json
        #expect(list["kind"] == "List" && list["items"]?.elements?.count ?? 0 > 20)
    }

    @Test func anImageThatCouldMeanAnotherIsRefused() throws {
        for image in ["leviathan:latest", "leviathan:1.2", "", "a\nb:local"] {
            let refused = try run("manifests", "--image", image)
            #expect(refused.ending == .exited(2) && refused.output.text.isEmpty, "\(image)")
        }
        let taken = try run("manifests", "--image", "mine:local")
        #expect(taken.output.text.contains("image: mine:local") && !taken.output.text.contains("leviathan:local"))
    }

    private static let wrong = """
        apiVersion: v1
        kind: Pod
        metadata: {name: p, namespace: n}
        spec:
          automountServiceAccountToken: true
          containers:
            - {name: c, image: nginx, env: [{name: API_TOKEN, value: hunter22}]}

        """

    @Test func whatIsWrongIsToldInEveryForm() throws {
        let place = try TemporaryDirectory()
        let path = try place.write("pod.yaml", Self.wrong)
        _ = try place.write("compose.yaml", "services: {web: {image: nginx}}\n")
        let ids = [
            "manifest-network-policy", "manifest-limits", "manifest-security-context", "manifest-writable-root",
            "manifest-image-latest", "manifest-secret-value",
        ]
        for format in ["full", "short", "github", "json", "sarif"] {
            let found = try run("check-manifests", path, "--format", format)
            #expect(found.ending == .exited(5), "\(format): \(found.errors.text)")
            #expect(ids.allSatisfy { found.output.text.contains($0) }, "\(format): \(found.output.text)")
            #expect(
                !found.output.text.contains("hunter22") && !found.errors.text.contains("hunter22"), "\(format)")
        }
        let sarif = place.path + "/out.sarif"
        let all = try run("check-manifests", "--json", "--sarif", sarif, in: place.path)
        #expect(Set(all.json.elements?.compactMap { $0["id"]?.string } ?? []) == Set(ids))
        let run = try JSON.parse(try text(sarif))["runs"]?.elements?.first
        #expect(run?["automationDetails"]?["id"] == "leviathan-manifests/")
        #expect(run?["tool"]?["driver"]?["rules"]?.elements?.allSatisfy { $0["fullDescription"] != nil } == true)
        #expect(try self.run("explain", "manifest-secret-value").succeeded)
    }

    @Test func exitCodes() throws {
        let place = try TemporaryDirectory()
        #expect(try run("check-manifests", place.path + "/missing").ending == .exited(3))
        let nothing = try run("check-manifests", place.path)
        #expect(nothing.succeeded && nothing.errors.text.contains("nothing was checked"))
        let unlimited =
            "apiVersion: batch/v1\nkind: Job\nmetadata: {name: j, namespace: n}\nspec: {backoffLimit: 0}\n"
        let path = try place.write("job.yaml", unlimited)
        #expect(try run("check-manifests", path).succeeded)
        #expect(try run("check-manifests", path, "--strict").ending == .exited(5))
        let broken = try place.write("broken.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: [\n")
        let found = try run("check-manifests", broken, "--format", "short")
        #expect(found.ending == .exited(3) && found.output.text.contains("broken.yaml:"))
        // A link out of the directory is not followed, and one in a circle does not matter.
        try FileSystem.writeSymlink(to: Array("/".utf8), at: place.path + "/root")
        try FileSystem.writeSymlink(to: Array(".".utf8), at: place.path + "/loop")
        #expect(try run("check-manifests", place.path).ending == .exited(3))
    }

    private static let checker = root + "/.build/venv/bin/check-jsonschema"

    @Test(.enabled(if: FileSystem.exists(checker))) func theComposeFileIsValid() throws {
        let words = ["--builtin-schema", "vendor.compose-spec", Self.root + "/deploy/compose.yaml"]
        let found = try Subprocess(Self.checker, words, environment: ["PATH": "/usr/bin:/bin"]).run()
        #expect(found.succeeded, "\(found.output.text)\(found.errors.text)")
    }

    /// It says what is missing before it makes anything; programs that only note their words stand for the real ones.
    @Test func theBootstrapSaysWhatItNeeds() throws {
        let place = try TemporaryDirectory()
        let script = Self.root + "/deploy/kind-bootstrap.sh"
        let bare = try Subprocess("/bin/bash", [script], environment: ["PATH": "/nowhere:/usr/bin:/bin"]).run()
        #expect(bare.ending == .exited(1) && bare.errors.text.hasPrefix("error: "), "\(bare.errors.text)")
        for name in ["kind", "kubectl"] {
            let text =
                "#!/bin/sh\necho \"\(name) $*\" >>'\(place.path)/log'\n[ \"$3\" != get ] && [ \"$5\" != get ]\n"
            _ = try place.write("bin/" + name, text)
            let made = try Subprocess("/bin/chmod", ["755", place.path + "/bin/" + name], environment: [:]).run()
            #expect(made.succeeded)
        }
        var environment = ["PATH": place.path + "/bin:/usr/bin:/bin", "HOME": place.path]
        let tokenless = try Subprocess("/bin/bash", [script], environment: environment).run()
        #expect(tokenless.ending == .exited(1) && tokenless.errors.text.contains("GITHUB_TOKEN"))
        #expect(!FileSystem.exists(place.path + "/log"))
        environment["GITHUB_TOKEN"] = "hunter22"
        let ready = try Subprocess("/bin/bash", [script], environment: environment).run()
        #expect(ready.succeeded && ready.output.text.contains("ready: "), "\(ready.errors.text)")
        let log = try text(place.path + "/log")
        #expect(log.contains("create secret generic leviathan-secrets --from-file=") && !log.contains("hunter22"))
        #expect(
            log.contains("apply -k ") && log.contains("kind load docker-image --name leviathan leviathan:local"))
    }

    @Test func theInvariantRejectsWhatTheChangeBroke() throws {
        let policy = TestTarget.policy + "\ninvariants: [{name: Cluster, builtin: manifests}]\n"
        let target = try CheckTarget(policy: policy, proposes: false)
        try target.repository.git("checkout", "-q", "-B", "main")
        let known = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: old}\n"
        try target.commit(["docs/old.yaml": known])
        try target.repository.git("push", "-q", "origin", "HEAD:main")
        try target.repository.git("checkout", "-q", "-b", "by-hand")
        try target.commit(["docs/old.yaml": known + "data: {a: b}\n", "docs/fine.yaml": "a: 1\n"])
        let kept = try target.check("--scope", "docs")
        #expect(kept.ending == .exited(0), "\(kept.output.text)\(kept.errors.text)")
        try target.commit(["docs/new.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: new}\n"])
        let rejected = try target.check("--scope", "docs")
        #expect(rejected.ending == .exited(5), "\(rejected.output.text)\(rejected.errors.text)")
        #expect(
            rejected.output.text.contains("'docs/new.yaml' line 3")
                && !rejected.output.text.contains("docs/old.yaml' line"))
    }
}
