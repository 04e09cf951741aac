import Basics
import ExecutorTestSupport
import Executors
import Processes
import TestSupport
import Testing

/// Where `scripts/setup test` installs them.
private enum ReferenceReaders {
    static let python =
        #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/.build/venv/bin/python"

    static let areInstalled =
        (try? Subprocess(python, ["-c", "import hcl2, lxml.etree"], environment: [:]).run())?.succeeded == true
}

/// python-hcl2 and lxml read what infra and dependencies changed: it differs in the wanted values and in nothing else.
@Suite(.enabled(if: ReferenceReaders.areInstalled), .timeLimit(.minutes(60))) struct ReferenceReaderTests {
    /// Reads a case a line: the texts before and after, the value that was there and the one that is to be.
    private static let checker = """
        import io, json, sys
        import hcl2
        from lxml import etree
        def hcl(text): return hcl2.load(io.StringIO(text))
        def xml(text):
            def plain(node):
                tag = node.tag if isinstance(node.tag, str) else "#" + type(node).__name__
                return [tag, dict(node.attrib), node.text, [plain(child) for child in node], node.tail]
            return plain(etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=False)))
        def differences(a, b, path=""):
            if isinstance(a, dict) and isinstance(b, dict):
                for key in sorted(set(a) | set(b)):
                    yield from differences(a.get(key), b.get(key), path + "." + key)
            elif isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
                for index, pair in enumerate(zip(a, b)): yield from differences(*pair, path + f"[{index}]")
            elif a != b: yield path, a, b
        def text(value): return value if value is None else str(value).strip('"')
        compared = 0
        for line in sys.stdin:
            case = json.loads(line)
            read = hcl if case["format"] == "hcl" else xml
            try: found = list(differences(read(case["before"]), read(case["after"])))
            except Exception as error:
                print("cannot be read:", repr(error), line); continue
            compared += 1
            pairs = [[text(a), text(b)] for _, a, b in found]
            if pairs != case["pairs"]: print("differs:", found, "instead of", case["pairs"], line)
        print("compared", compared)
        """

    private func compare(_ cases: [JSON]) throws {
        try #require(cases.count >= 50, "\(cases.count) edits")
        var program = Subprocess(ReferenceReaders.python, ["-c", Self.checker], environment: ["PYTHONUTF8": "1"])
        program.input = .bytes(Array(cases.map { $0.text() }.joined(separator: "\n").utf8))
        program.captureLimit = Subprocess.CaptureLimit(head: 8 << 20, tail: 1 << 20)
        let checked = try program.run()
        let said = checked.output.text.split(separator: "\n")
        #expect(
            checked.succeeded && said.count == 1,
            "\(checked.errors.text)\(said.prefix(8).joined(separator: "\n"))")
        #expect(said.last == "compared \(cases.count)")
    }

    // MARK: Terraform

    /// Layouts of one file, each with a place for every value.
    private static let terraform = [
        "terraform {\n  required_version = \"T\"\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      version = \"P\"\n    }\n  }\n}\n\nmodule \"vpc\" {\n  source  = \"acme/vpc/aws\"\n  version = \"M\"\n  other   = \"M\"\n}\n",
        "# head\nmodule \"vpc\" { # why\n\tsource=\"acme/vpc/aws\" // x\n\tversion=\"M\"\n\tlist = [\"M\", \"P\", \"T\"]\n}\nterraform {\n\trequired_providers {\n\t\taws = { source = \"hashicorp/aws\", version = \"P\" }\n\t}\n\trequired_version=\"T\" /* y */\n}\n",
        "locals {\n  text = <<-EOT\n    version = \"M\"\n    ${local.x}\n  EOT\n  map = { version = \"P\", \"a\" = 1 }\n}\nterraform {\n  required_providers {\n    random = { source = \"hashicorp/random\", version = \"1.0\" }\n    aws    = { version = \"P\", source = \"hashicorp/aws\" }\n  }\n  required_version = \"T\"\n}\nmodule \"a\" {\n  source  = \"acme/other/aws\"\n  version = \"M\"\n}\nmodule \"vpc\" {\n  count   = var.on ? 1 : 0\n  version = \"M\"\n  source  = \"acme/vpc/aws\"\n}\n",
    ]

    private static let constraints: [(old: String, wanted: String, new: String)] = [
        ("1.2.3", "1.4.0", "1.4.0"), (">= 1.2", "1.4.0", ">= 1.4.0"), ("~> 1.2", "1.4.0", "~> 1.4"),
        ("= 1.2.3", "2.0.0", "= 2.0.0"),
        (">= 1.2, < 2.0", "1.4.0", ">= 1.4.0, < 2.0"), ("~> 1.2.0", "1.4.0", "~> 1.4.0"),
    ]

    @Test func terraformDiffersInTheWantedValueAlone() throws {
        var cases: [JSON] = []
        for layout in Self.terraform {
            for newLine in ["\n", "\r\n"] {
                for (mark, wish) in [("T", "terraform"), ("P", "providers"), ("M", "modules")] {
                    for constraint in Self.constraints {
                        var text = layout.replacing("\n", with: newLine)
                        for other in ["T", "P", "M"] {
                            text = text.replacing(
                                "\"\(other)\"", with: other == mark ? "\"\(constraint.old)\"" : "\"9.9.9\"")
                        }
                        let value = JSON.string(constraint.wanted)
                        let name = wish == "providers" ? "hashicorp/aws" : "acme/vpc/aws"
                        let inputs: JSON = [
                            wish == "terraform" ? "terraform" : wish: wish == "terraform" ? value : [name: value]
                        ]
                        let files = try MemoryFileView(["main.tf": text])
                        let outcome = try InfraExecutor().outcome(inputs, in: files)
                        let after = try #require(try files.text("main.tf"))
                        #expect(after != text, "\(outcome)")
                        cases.append([
                            "format": "hcl", "before": .string(text), "after": .string(after),
                            "pairs": [[.string(constraint.old), .string(constraint.new)]],
                        ])
                    }
                }
            }
        }
        try compare(cases)
    }

    // MARK: Maven

    private static let poms = [
        "<project>\n  <dependencies>\n    <dependency>\n      <groupId>org.acme</groupId>\n      <artifactId>lib</artifactId>\n      <version>V</version> <!-- V -->\n    </dependency>\n    <dependency>\n      <groupId>org.acme</groupId>\n      <artifactId>other</artifactId>\n      <version>V</version>\n    </dependency>\n  </dependencies>\n</project>\n",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n\t<properties><lib.version a='1'>V</lib.version><x>é &amp; V</x></properties>\n\t<dependencyManagement><dependencies><dependency><version>${lib.version}</version><artifactId>lib</artifactId><groupId>org.acme</groupId></dependency></dependencies></dependencyManagement>\n</project>",
        "<project><build><plugins><plugin><groupId>org.acme</groupId><artifactId>lib</artifactId><version>\n  V\n</version><configuration><version>V</version><![CDATA[<version>V</version>]]></configuration></plugin></plugins></build></project>\n",
        "<project>\r\n  <parent><groupId>org.acme</groupId><artifactId>lib</artifactId><version>V</version><relativePath/></parent>\r\n  <version>V</version>\r\n</project>\r\n",
        "<!-- V --><project><profiles><profile><id>V</id><dependencies><dependency><groupId>org.acme</groupId><artifactId>lib</artifactId><version>V</version><exclusions><exclusion><groupId>org.acme</groupId><artifactId>lib</artifactId></exclusion></exclusions></dependency></dependencies></profile></profiles></project>",
    ]

    private static let versions: [(old: String, wanted: String, new: String)] = [
        ("1.2.3", "1.4.0", "1.4.0"), ("1.2", "2.0.1", "2.0.1"), ("31.1-jre", "32.0", "32.0-jre"),
        ("1.2.3.Final", "1.4.0", "1.4.0.Final"), ("0", "7", "7"), ("2023.0.1", "2024.0.0", "2024.0.0"),
        ("1.2.3-alpha", "1.2.3", "1.2.3"), ("1.0.0-beta-2", "1.0.0", "1.0.0"), ("1.10", "1.11", "1.11"),
        ("4.0.0-M1", "4.0.0", "4.0.0"), ("6.1.0.RELEASE", "6.2.0", "6.2.0.RELEASE"),
    ]

    @Test func pomsDifferInTheWantedValueAlone() throws {
        var cases: [JSON] = []
        for layout in Self.poms {
            for version in Self.versions {
                let text = layout.replacing("V<", with: version.old + "<").replacing(
                    "V\n", with: version.old + "\n")
                let files = try MemoryFileView(["pom.xml": text])
                let inputs: JSON = ["maven:org.acme:lib": .string(version.wanted)]
                let outcome = try DependenciesExecutor().outcome(inputs, in: files)
                let after = try #require(try files.text("pom.xml"))
                #expect(after != text, "\(version): \(outcome)")
                let isSpaced = layout.contains("\n  V\n")
                let old = isSpaced ? "\n  \(version.old)\n" : version.old
                let new = isSpaced ? "\n  \(version.new)\n" : version.new
                cases.append([
                    "format": "xml", "before": .string(text), "after": .string(after),
                    "pairs": [[.string(old), .string(new)]],
                ])
            }
        }
        try compare(cases)
    }
}
