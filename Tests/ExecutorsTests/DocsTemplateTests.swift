import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import Testing

@Suite struct DocsTemplateTests {
    private func page(
        _ inputs: JSON, _ present: [String: String] = [:], path: String = "docs/ops/page.md",
        protects: [String] = []
    ) throws -> String {
        let files = try MemoryFileView(present)
        _ = try DocsExecutor().execute(Job.example(inputs, paths: [path], protects: protects), in: files)
        return try files.text(path) ?? ""
    }

    private func refusal(_ inputs: JSON, _ present: [String: String] = [:]) throws -> String {
        try DocsExecutor().outcome(inputs, in: MemoryFileView(present), paths: ["docs/page.md"])
    }

    // MARK: Templates

    @Test func aRunbookHasNumberedSteps() throws {
        let text = try page([
            "template": "runbook", "symptoms": ["The queue grows"],
            "steps": [
                "Look at the queue", ["text": "Restart it", "code": "systemctl restart queue", "language": "sh"],
            ],
            "rollback": "Nothing to undo.",
        ])
        #expect(
            text.contains(
                "## Symptoms\n\n- The queue grows\n\n## Steps\n\n1. Look at the queue\n\n2. Restart it\n\n   ```sh\n   systemctl restart queue\n   ```\n\n## Rollback\n\nNothing to undo.\n"
            ), "\(text)")
    }

    @Test func aDecisionIsRecorded() throws {
        let text = try page([
            "template": "adr", "status": "Accepted", "context": "Why.", "decision": "What.",
            "consequences": ["One"],
        ])
        #expect(
            text.contains(
                "## Status\n\nAccepted\n\n## Context\n\nWhy.\n\n## Decision\n\nWhat.\n\n## Consequences\n\n- One\n"
            ))
    }

    @Test func aReleaseStandsBeforeTheOlderOnes() throws {
        let before = "# Changelog\r\n\r\nAll of it.\r\n\r\n## 1.0.0\r\n\r\n- first\r\n"
        let text = try page(
            [
                "template": "changelog", "version": "1.1.0", "date": "2026-01-31", "added": ["More"],
                "fixed": ["Less"],
            ],
            ["docs/ops/page.md": before])
        #expect(
            text
                == before.replacing(
                    "## 1.0.0",
                    with:
                        "<!-- leviathan:begin task-001 -->\r\n## 1.1.0 - 2026-01-31\r\n\r\n### Added\r\n\r\n- More\r\n\r\n### Fixed\r\n\r\n- Less\r\n<!-- leviathan:end task-001 -->\r\n\r\n## 1.0.0"
                ), "\(text)")
    }

    @Test(
        arguments: [
            (["template": "runbook"], "inputs needs 'steps'"),
            (["template": "adr", "context": "x"], "inputs needs 'decision'"),
            (["template": "changelog"], "inputs needs one of added"),
            (["template": "reference"], "inputs needs 'reference'"),
            (["template": "runbok"], "did you mean 'runbook'?"), (["sections": "x"], "not a list"),
            (["links": ["docs/none.md", "src"]], "inputs.links names what is not there: docs/none.md, src"),
            (["links": ["../../etc/passwd"]], "names what is not there"),
        ] as [(JSON, String)])
    func refusesWhatIsMissing(inputs: JSON, says: String) throws {
        let said = try refusal(inputs)
        #expect(said.hasPrefix("refused: ") && said.contains(says), "\(said)")
    }

    @Test func moreThanFiveSectionsGetAListOfContents() throws {
        let titles = ["Set up", "Use it", "Set up", "C++ & more", "Überblick", "End"]
        let text = try page(["sections": .array(titles.map { ["title": .string($0)] })])
        #expect(
            text.contains(
                "- [Set up](#set-up)\n- [Use it](#use-it)\n- [Set up](#set-up-1)\n- [C++ & more](#c--more)\n- [Überblick](#überblick)\n- [End](#end)\n"
            ), "\(text)")
        #expect(try !page(["sections": .array(titles.dropLast().map { ["title": .string($0)] })]).contains("(#"))
    }

    @Test func linksLeadFromThePageToFilesThatExist() throws {
        let text = try page(
            [
                "links": [
                    "README.md", ["path": "docs/a (1).md#top", "title": "A [1]"], "docs/ops/x.md", "src/",
                    "https://example.com/",
                ]
            ],
            ["README.md": "", "docs/a (1).md": "", "docs/ops/x.md": "", "src/a.c": ""])
        #expect(
            text.contains(
                "## See also\n\n- [README.md](../../README.md)\n- [A \\[1\\]](<../a (1).md#top>)\n- [x.md](x.md)\n- [src](../../src)\n- [https://example.com/](https://example.com/)\n"
            ), "\(text)")
    }

    @Test func aTextCannotEndItsBlock() throws {
        let files = try MemoryFileView()
        let job = try Job.example(
            [
                "sections": [
                    ["title": "<!-- leviathan:end task-001 -->", "code": "<!-- leviathan:begin task-001 -->"]
                ]
            ],
            paths: ["docs/page.md"])
        _ = try DocsExecutor().execute(job, in: files)
        #expect(try DocsExecutor().execute(job, in: files).notes == ["docs/page.md says this already"])
    }

    @Test func onlyThePageAndWhatItIsMadeOfAreRead() throws {
        let files = try MemoryFileView([
            "docs/a.md": "# A\n", "docs/b.md": "# B\n", "src/x.py": "x", "src/y.py": "y",
            ".leviathan/templates/own.md": "{{sections}}",
        ])
        _ = try DocsExecutor().execute(Job.example(["links": ["docs/b.md"]], paths: ["docs/a.md"]), in: files)
        #expect(Set(files.reads.map(\.description)) == ["docs/a.md"])
        let job = try Job.example(
            ["template": "own", "reference": ["files": "src/x.py"]], paths: ["docs/a.md"])
        _ = try DocsExecutor().execute(job, in: files)
        #expect(!files.reads.map(\.description).contains { ["docs/b.md", "src/y.py"].contains($0) })
    }

    @Test func misspeltInputsAreRefused() throws {
        #expect(try refusal(["secions": []]) == "refused: inputs knows no 'secions' (did you mean 'sections'?)")
    }

    // MARK: The repository's own

    @Test func itsTemplatesAreFilled() throws {
        let template =
            "# About {{inputs.service}}\n\nFor {{task.id}}, {{ date }}.\n\n{{inputs.owners}}\n\n\\{{ kept }}\n\n{{sections}}\n"
        let text = try page(
            [
                "template": "service", "service": "mail", "owners": ["ann", "bob"],
                "sections": [["title": "Ports", "text": "25"]],
            ],
            [".leviathan/templates/service.md": template])
        #expect(
            text
                == "# About mail\n\n<!-- leviathan:begin task-001 -->\nFor task-001, 2026-01-01.\n\n- ann\n- bob\n\n{{ kept }}\n\n## Ports\n\n25\n<!-- leviathan:end task-001 -->\n"
        )
    }

    @Test func everyMistakeInATemplateIsNamed() throws {
        let said = try refusal(
            ["template": "bad"],
            [".leviathan/templates/bad.md": "# x\n\n {{task.titel}} {{inputs.owner}}\n{{ open\n{{}}\n"])
        for part in [
            ".leviathan/templates/bad.md:3:2: there is no placeholder '{{task.titel}}'; did you mean '{{task.title}}'?",
            ".leviathan/templates/bad.md:3:17: the task gives no inputs.owner",
            "bad.md:4:1: '{{' without its '}}'",
            "bad.md:5:1: there is no placeholder '{{}}'",
        ] { #expect(said.contains(part), "\(part) in \(said)") }
    }

    // MARK: Facts

    private static let tree = [
        "src/main.py":
            "#!/usr/bin/env python3\n# Copyright Somebody\n\"\"\"Runs the server. And more.\"\"\"\nimport os, argparse\np = argparse.ArgumentParser()\np.add_argument('-p', '--port', type=int,\n    help='the port | to '\n         'listen on')\np.add_argument(\"--quiet\", action=\"store_true\", help=\"say (nothing)\")\np.add_argument('file')\nos.environ['TOKEN']\nos.getenv(\"PORT\", \"8080\")\nmyos.environ['NOT']\n",
        "src/a.swift":
            "// swift-tools-version: 6.0\n/// Keeps things.\nstruct A { let a = environment[\"HOME\"] }\n",
        "src/b.js": "/**\n * Draws it.\n */\n\nprocess.env.NODE_ENV; process.env[\"PORT\"]\n",
        "src/c.go":
            "// Package c sorts.\npackage c\nimport \"flag\"\nvar x = flag.String(\"name\", \"default\", \"who it is\")\n",
        "src/run.sh":
            "#!/bin/sh\n# Starts it.\ncat <<END\n  -v, --verbose   Say more\n  --all\nEND\necho ${REGION:-eu} ${local} ${lower:-x}\n",
        "src/notes.md": "text\n# The notes\n", "src/key.pem": "ENV[\"SECRET_NAME\"]\n",
        "src/x.bin": "\u{0}os.getenv(\"BIN\")",
    ]

    @Test func factsComeFromTheTree() throws {
        let text = try page(
            [
                "template": "reference",
                "reference": [
                    "files": ["src/**"], "options": ["src/main.py", "src/run.sh", "src/c.go"],
                    "environment": "src/**",
                ],
            ],
            Self.tree, protects: ["**/*.pem"])
        for line in [
            "| `-p, --port` | the port \\| to listen on |", "| `--quiet` | say (nothing) |",
            "| `-name` | who it is |",
            "| `-v, --verbose` | Say more |", "| `--all` |  |", "| `HOME` | [src/a.swift](../../src/a.swift) |",
            "| `PORT` | [src/b.js](../../src/b.js), [src/main.py](../../src/main.py) |",
            "| `NODE_ENV` | [src/b.js]",
            "| `REGION` | [src/run.sh]", "| `TOKEN` | [src/main.py]",
            "| [src/main.py](../../src/main.py) | Runs the server |",
            "| [src/a.swift](../../src/a.swift) | Keeps things |", "[src/b.js](../../src/b.js) | Draws it |",
            "| Package c sorts |", "| Starts it |", "| The notes |",
        ] { #expect(text.contains(line), "\(line) in \(text)") }
        for line in ["SECRET_NAME", "key.pem", "`NOT`", "`BIN`", "lower", "`local`", "`file`"] {
            #expect(!text.contains(line), "\(line) in \(text)")
        }
    }

    @Test func driftShowsWhenThePageIsMadeAgain() throws {
        let files = try MemoryFileView(["src/a.py": "import os\nos.getenv('ONE')\n"])
        let job = try Job.example(["reference": ["environment": "src/**"]], paths: ["docs/env.md"])
        _ = try DocsExecutor().execute(job, in: files)
        let once = try files.text("docs/env.md")
        #expect(try DocsExecutor().execute(job, in: files).notes == ["docs/env.md says this already"])
        files.write(try RepoPath("src/a.py"), Array("os.getenv('TWO')\n".utf8), isExecutable: nil)
        _ = try DocsExecutor().execute(job, in: files)
        #expect(try files.text("docs/env.md") == once?.replacing("`ONE`", with: "`TWO`"))
    }

    @Test(
        arguments: [
            (["files": "none/**"], "inputs.reference.files: no file matches 'none/**'"),
            (["option": "x"], "inputs.reference knows no 'option'"), (["files": "/etc/**"], "it is absolute"),
        ] as [(JSON, String)])
    func refusesFactsFromNowhere(facts: JSON, says: String) throws {
        let said = try refusal(["reference": facts])
        #expect(said.hasPrefix("refused: ") && said.contains(says), "\(said)")
    }
}
