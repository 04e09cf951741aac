import Basics
import Processes
import TestSupport
import Testing

/// deploy/aws, which nobody has applied to an account: what can be had of its rules holds.
@Suite struct AWSFilesTests {
    private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }

    @Test(.enabled(if: FileSystem.exists(AWSFilesTests.root + "/.build/venv/bin/cfn-lint")))
    func theFilesKeepTheRulesThatCanBeHad() throws {
        let said = try BackgroundProgram.run(["sh", "-c", "exec \"$0\" 2>&1", Self.root + "/scripts/check-aws"])
        #expect(said.contains("cfn-lint: no findings") && said.contains("python-hcl2: "), "\(said)")
    }

    /// Nothing is open to everybody, nothing is stored in the clear, and the page says that nobody applied it.
    @Test func whatMustNotBeThereIsNot() throws {
        let directory = Self.root + "/deploy/aws"
        var texts = ""
        for name in ["terraform-k3s/main.tf", "terraform-eks/main.tf", "cloudformation-k3s.yaml", "README.md"] {
            texts += String(decoding: try FileSystem.read(directory + "/" + name, limit: 1 << 20), as: UTF8.self)
        }
        for word in [
            "AdministratorAccess", "PowerUserAccess", "from_port         = 22", "FromPort: 22,",
            "http_tokens                 = \"optional\"",
        ] {
            #expect(!texts.contains(word), "\(word)")
        }
        #expect(texts.contains("Nobody has applied these files to a real account"))
        #expect(texts.components(of: "encrypted") >= 3)
    }
}

extension String {
    fileprivate func components(of word: String) -> Int {
        var (count, rest) = (0, self[...])
        while let range = rest.firstRange(of: word) {
            (count, rest) = (count + 1, rest[range.upperBound...])
        }
        return count
    }
}
