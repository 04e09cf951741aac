import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct InfraExecutorTests {
    static let digest = ["a", "b"].map { "sha256:" + String(repeating: $0, count: 64) }

    static let terraform = """
        /* The network. */
        terraform {
          required_version = ">= 1.5.0" # ours
          required_providers {
            aws = {
              source  = "hashicorp/aws"
              version = "~> 5.0"
            }
            random = { source = "hashicorp/random", version = ">= 3.1, < 4" }
            null   = "2.1"
          }
          backend "s3" {}
        }

        locals {
          text = <<-EOT
            module "vpc" { version = "0" }
            EOT
          made = { for k, v in var.x : k => "${v}}" }
          other = var.a ? [1, 2] : (3)   // "done"
        }

        module "vpc" {
          source  = "terraform-aws-modules/vpc/aws"
          version = "5.1.0"
          name    = "a ${var.b["c"]} \\" version = "
        }

        module "dns" {
          source = "git::https://github.com/acme/dns.git//zone?ref=v1.2.0&depth=1"
        }

        module "bare" {
          source = "acme/bare/aws"
        }

        module "own" {
          source = "./own"
        }

        """

    static let kubernetes = """
        apiVersion: apps/v1
        kind: Deployment   # web
        spec:
          template:
            spec:
              initContainers:
                - {name: init, image: 'registry.example.com:5000/team/init:1.0'}
              containers:
                - name: web
                  image: nginx:1.25.1-alpine  # proxy
                - name: app
                  image: ghcr.io/acme/app:2.0@\(digest[0])
        ---
        kind: CronJob
        spec: {image: "nginx:1.25.1-alpine"}

        """

    static let changes: [(String, String, String, [(String, String)])] = [
        ("main.tf", terraform, "{\"terraform\": \"1.9.0\"}", [(">= 1.5.0", ">= 1.9.0")]),
        ("main.tf", terraform, "{\"providers\": {\"aws\": \"5.80.0\"}}", [("~> 5.0", "~> 5.80")]),
        (
            "main.tf", terraform, "{\"providers\": {\"hashicorp/random\": \"4.1.0\", \"null\": \"3.2.2\"}}",
            [(">= 3.1, < 4", ">= 4.1.0, < 5"), ("\"2.1\"", "\"3.2.2\"")]
        ),
        (
            "main.tf", terraform, "{\"modules\": {\"terraform-aws-modules/vpc/aws\": \"5.16.0\"}}",
            [("5.1.0", "5.16.0")]
        ),
        ("main.tf", terraform, "{\"modules\": {\"acme/dns\": \"1.3.0\"}}", [("v1.2.0", "v1.3.0")]),
        (
            "main.tf", terraform, "{\"modules\": {\"bare\": \"2.0.0\"}}",
            [("source = \"acme/bare/aws\"", "source = \"acme/bare/aws\"\n  version = \"2.0.0\"")]
        ),
        (
            "k8s/web.yaml", kubernetes, "{\"images\": {\"nginx\": \"1.27.3\"}}",
            [
                ("image: nginx:1.25.1-alpine", "image: nginx:1.27.3-alpine"),
                ("\"nginx:1.25.1-alpine\"", "\"nginx:1.27.3-alpine\""),
            ]
        ),
        (
            "k8s/web.yaml", kubernetes, "{\"images\": {\"registry.example.com:5000/team/init\": \"1.1\"}}",
            [("init:1.0", "init:1.1")]
        ),
        (
            "k8s/web.yaml", kubernetes,
            "{\"images\": {\"ghcr.io/acme/app\": {\"tag\": \"2.1\", \"digest\": \"\(digest[1])\"}}}",
            [("app:2.0@\(digest[0])", "app:2.1@\(digest[1])")]
        ),
        (
            "chart/values.yaml",
            "# ours\nimage:\n  registry: ghcr.io\n  repository: acme/app\n  tag: \"2.0\"   # released\nsidecar:\n  image: {repository: envoy, tag: v1.30.0, digest: \"\"}\n",
            "{\"images\": {\"ghcr.io/acme/app\": \"2.1\", \"envoy\": \"v1.31.0\"}}",
            [("\"2.0\"", "\"2.1\""), ("v1.30.0", "v1.31.0")]
        ),
        (
            "overlay/kustomization.yaml",
            "resources: [../base]\nimages:\n- name: nginx\n  newTag: 1.25.1 # was 1.24\n- name: app\n  newName: ghcr.io/acme/app\n  digest: \(digest[0])\n",
            "{\"images\": {\"nginx\": \"1.27.3\", \"ghcr.io/acme/app\": {\"digest\": \"\(digest[1])\"}}}",
            [("1.25.1 #", "1.27.3 #"), (digest[0], digest[1])]
        ),
    ]

    /// `terraform init` refuses a lock file that holds another version.
    @Test func aLockFileThatNoLongerFitsIsNamed() throws {
        let files = try MemoryFileView([
            "a/main.tf": Self.terraform, "a/.terraform.lock.hcl": "", "main.tf": Self.terraform,
        ])
        let said = try InfraExecutor().outcome(["providers": ["aws": "5.80.0"]], in: files)
        #expect(
            said.contains("warning: a/.terraform.lock.hcl no longer fits: 'terraform init -upgrade'"), "\(said)")
        #expect(try !InfraExecutor().outcome(["modules": ["dns": "1.3.0"]], in: files).contains("no longer fits"))
    }

    @Test(
        arguments: [
            (["providers": ["awss": "5.80.0"]], "did you mean 'aws'?"),
            (
                ["modules": ["terraform-aws-modules/vcp/aws": "5.2.0"]],
                "did you mean 'terraform-aws-modules/vpc/aws'?"
            ),
            (["images": ["ngixn": "1.2"]], "did you mean 'nginx'?"),
            (["images": ["app": "1.2"]], "did you mean 'ghcr.io/acme/app'?"),
        ] as [(JSON, String)])
    func whatIsMissingHasANearestName(inputs: JSON, hint: String) throws {
        let yaml = "spec:\n  containers:\n    - image: nginx:1.1\n    - image: ghcr.io/acme/app:2\n"
        let files = try MemoryFileView(["main.tf": Self.terraform, "a.yaml": yaml])
        let said = try InfraExecutor().outcome(inputs, in: files)
        #expect(said.hasPrefix("refused: ") && said.contains(hint), "\(said)")
    }

    @Test(arguments: changes)
    func changesWhatIsAskedAndNothingElse(file: String, text: String, inputs: String, changes: [(String, String)])
        throws
    {
        for newLine in ["\n", "\r\n"] {
            var expected = text
            for (old, new) in changes {
                #expect(expected.ranges(of: old).count == 1, "'\(old)' stands once")
                expected = expected.replacing(old, with: new)
            }
            let files = try MemoryFileView([file: text.replacing("\n", with: newLine)])
            let outcome = try InfraExecutor().outcome(JSON.parse(inputs), in: files)
            #expect(try files.text(file)?.replacing("\r\n", with: "\n") == expected, "\(outcome)")
            let again = try InfraExecutor().outcome(JSON.parse(inputs), in: files)
            #expect(again.hasPrefix("everything is as wanted already") && files.writeCount == 1, "\(again)")
        }
    }

    @Test func brokenFilesAreLeftAloneAndNamed() throws {
        let broken = [
            "a.tf": "module \"x\" {\n", "b.tf": "module \"x\" { source = \"y }\n", "c.tf": "x = <<EOT\n",
            "d.tf": "a = (1]\n",
            "e.tf": "/* x", "f.tf": "= 1\n", "g.tf": "a {{{{\n", "h.yaml": "a: [nginx\n",
            "i.yaml": "image: nginx:{{ .Values.tag }}\n",
            "j.tf": String(repeating: "a {", count: 500), "k.tf": String(repeating: "[", count: 500),
        ]
        let files = try MemoryFileView(
            broken.merging(["main.tf": Self.terraform, "w.yaml": Self.kubernetes]) { $1 })
        let outcome = try InfraExecutor().outcome(["terraform": "1.9.0", "images": ["nginx": "1.27"]], in: files)
        for (name, text) in broken {
            if name != "i.yaml" { #expect(outcome.contains("left alone: \(name):"), "\(name) in \(outcome)") }
            #expect(try files.text(name) == text)
        }
        #expect(files.writeCount == 2)
    }

    /// Whatever is cut off or exchanged, nothing but a version ever changes.
    @Test func damagedFilesNeverLoseMore() throws {
        var random = SeededRandom(seed: 7)
        let bytes = Array(Self.terraform.utf8)
        for round in 0..<600 {
            var damaged = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            for _ in 0..<(round % 4) where !damaged.isEmpty {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = Array("{}[]()\"\\$<\n#/*=a".utf8).randomElement(using: &random) ?? 0
            }
            let files = try MemoryFileView(["main.tf": String(decoding: damaged, as: UTF8.self)])
            _ = try InfraExecutor().outcome(["providers": ["aws": "5.80.0"]], in: files)
            let after = try #require(try files.bytes("main.tf"))
            guard after != damaged else { continue }
            #expect(after.count - damaged.count == 1, "\(String(decoding: after, as: UTF8.self))")
        }
    }

    @Test(arguments: [
        ("{\"modules\": {\"own\": \"2.0\"}}", "module own names no version, and was left"),
        ("{\"modules\": {\"none\": \"2.0\"}}", "has the module 'none' in a way that can be changed"),
        ("{\"images\": {\"ghcr.io/acme/app\": \"2.1\"}}", "is pinned to a digest: give the new one"),
        ("{\"terraform\": 1.9}", "inputs.terraform is 1.9, not text"),
        ("{\"terraform\": \"latest\"}", "is no version"),
        ("{\"providers\": {\"aws\": \">= 5\"}}", "is no version"), ("{\"image\": {}}", "did you mean 'images'?"),
        ("{\"images\": {\"nginx\": {\"digest\": \"sha256:12\"}}}", "is no tag and no digest"),
        ("{\"images\": {\"nginx\": \"1\\n\"}}", "is no tag and no digest"),
        ("{}", "inputs needs one of modules, providers"),
    ])
    func refusesWithAReason(inputs: String, says: String) throws {
        let files = try MemoryFileView(["main.tf": Self.terraform, "web.yaml": Self.kubernetes])
        let outcome = try InfraExecutor().outcome(JSON.parse(inputs), in: files)
        #expect(outcome.hasPrefix("refused: ") && outcome.contains(says), "\(outcome)")
        #expect(files.writeCount == 0)
    }

    @Test func onlyFilesThatMayBeTouchedAreRead() throws {
        let files = try MemoryFileView([
            "a/main.tf": Self.terraform, "b/main.tf": Self.terraform, "a/x.yaml": "", "a/x.md": "",
        ])
        _ = try InfraExecutor().outcome(["terraform": "1.9.0"], in: files, paths: ["a/"])
        #expect(Set(files.reads.map(\.description)) == ["a/main.tf"])
    }

    @Test func terraformLaysOutWhatChanged() throws {
        let programs = try TestPrograms(path: InstalledTool.environment["PATH"] ?? "/usr/bin:/bin")
        let files = try DirectoryFileView(
            programs.directory, ["a b/main.tf": "terraform {\n  required_version=\">= 1.5\"\n}\n"])
        var job = try Job.example(["terraform": "1.9.0", "format": true])
        job.programs = programs
        #expect(InfraExecutor().runsPrograms(for: job.task))
        let report = try InfraExecutor().execute(job, in: files)
        if report.notes.contains("terraform fmt was not run: it is not installed") { return }
        #expect(try files.text("a b/main.tf") == "terraform {\n  required_version = \">= 1.9.0\"\n}\n")
        #expect(report.notes.last == "terraform fmt laid out a b/main.tf")
    }

    @Test func withoutTerraformTheLayoutIsLeft() throws {
        let programs = try TestPrograms(path: "/nowhere")
        let files = try DirectoryFileView(
            programs.directory, ["main.tf": "terraform {\n  required_version=\">= 1.5\"\n}\n"])
        var job = try Job.example(["terraform": "1.9.0", "format": true])
        job.programs = programs
        #expect(
            try InfraExecutor().execute(job, in: files).notes.last
                == "terraform fmt was not run: it is not installed")
        #expect(try files.text("main.tf") == "terraform {\n  required_version=\">= 1.9.0\"\n}\n")
    }
}
