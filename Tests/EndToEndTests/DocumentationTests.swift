import Basics
import Processes
import TestSupport
import Testing

/// What the documentation shows has to work as it stands there.
@Suite(.timeLimit(.minutes(60))) struct DocumentationTests {
    private static let root = String(#filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 })

    private static func text(_ name: String) throws -> String {
        String(decoding: try FileSystem.read(root + "/" + name, limit: 1 << 20), as: UTF8.self)
    }

    /// The fenced blocks of a page with that language.
    private static func blocks(_ language: String, in page: String) throws -> [String] {
        var (blocks, current): ([String], [Substring]?) = ([], nil)
        for line in try text(page).split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```", let lines = current {
                blocks.append(lines.joined(separator: "\n") + "\n")
                current = nil
            } else if line == "```" + language {
                current = []
            } else {
                current?.append(line)
            }
        }
        return blocks
    }

    private func target(_ files: [String: String]) throws -> TestTarget {
        try TestTarget(
            policy: files["policy.yaml"] ?? TestTarget.policy,
            backlog: files["backlog.yaml"] ?? TestTarget.backlog,
            contract: files["contract.yaml"])
    }

    @Test func theExamplesLintCleanAndRun() throws {
        var files: [String: String] = [:]
        for name in ["contract.yaml", "policy.yaml", "backlog.yaml"] {
            files[name] = try Self.text("examples/.leviathan/" + name)
        }
        let target = try target(files)
        let lint = try target.leviathan("lint", "--strict")
        #expect(lint.succeeded && lint.errors.text == "no problems\n", "\(lint.errors.text)")
        for task in ["task-001", "task-002", "task-003"] {
            #expect(try target.leviathan("propose", task, "--json").json["outcome"] == "delivered")
        }
        #expect(try target.leviathan("propose", "task-005").ending == .exited(7))
    }

    @Test func theFilesOfTheContractPageAreValid() throws {
        let blocks = try Self.blocks("yaml", in: "docs/contract.md")
        #expect(blocks.count == 5)
        let target = try target(["backlog.yaml": blocks[0], "policy.yaml": blocks[1], "contract.yaml": blocks[2]])
        let lint = try target.leviathan("lint", "--strict")
        #expect(lint.succeeded, "\(lint.output.text)")
        try FileSystem.createDirectory(target.home)
        for machine in blocks[3...] {
            try FileSystem.write(Array(machine.utf8), to: target.home + "/config.yaml")
            #expect(try target.leviathan("tasks").succeeded, "\(machine)")
        }
    }

    @Test func theJSONPageNamesEveryMember() throws {
        let target = try TestTarget()
        let result = try target.leviathan("propose", "task-001", "--json").json
        let shown = try JSON.parse(try #require(try Self.blocks("json", in: "docs/scripting.md").first))
        #expect(result.members?.map(\.name) == shown.members?.map(\.name))
    }

    @Test func everyLinkBetweenPagesLeadsSomewhere() throws {
        let pages =
            ["README.md", "CONTRIBUTING.md"]
            + (try FileSystem.list(Self.root + "/docs")).filter { $0.hasSuffix(".md") }.map { "docs/" + $0 }
        for page in pages {
            let directory = page.contains("/") ? "docs/" : ""
            for piece in try Self.text(page).split(separator: "](").dropFirst() {
                let link = piece.prefix { $0 != ")" && $0 != "#" }
                guard !link.isEmpty, !link.contains("://") else { continue }
                #expect(FileSystem.exists("\(Self.root)/\(directory)\(link)"), "\(page) links to \(link)")
            }
        }
    }
}
