import Basics
import ExecutorTestSupport
import Executors
import Model
import Paths
import Testing

extension OptionSource: CustomTestStringConvertible {
    var testDescription: String { name }
}

@Suite struct CommandLineOptionTests {
    /// The rows of the page's table, as `names | help`.
    private func table(_ text: String, _ path: String) throws -> [String] {
        let files = try MemoryFileView([path: text])
        let job = try Job.example(
            ["template": "reference", "reference": ["options": .string(path)]], paths: ["docs/page.md"])
        _ = try DocsExecutor().execute(job, in: files)
        let page = try #require(try files.text("docs/page.md"))
        return page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
            let row = line.dropFirst(3).dropLast(2).replacing("\\|", with: "|")
            let end = row.firstRange(of: "` | ")
            return end.map { row[..<$0.lowerBound] + " | " + row[$0.upperBound...] } ?? row
        }
    }

    @Test(arguments: OptionSource.all) func showsWhatTheHelpShows(source: OptionSource) throws {
        #expect(try table(source.text, source.path) == source.table)
    }

    @Test(arguments: OptionSource.all) func lineEndingsMakeNoDifference(source: OptionSource) throws {
        #expect(try table(source.text.replacing("\n", with: "\r\n"), source.path) == source.table)
    }

    /// What looks like a declaration, in files that import no such library or are broken.
    @Test(arguments: [
        ("a.py", "parser.add_argument('--x', help='y')\n"), ("a.py", "import argparse\np.add_argument('--x'\n"),
        ("a.py", "import argparse\nclient.add_argument('--x', help='y')\n"),
        ("a.py", "@click.option('--x')\ndef f(): pass\n"),
        ("a.py", "# coding: shift_jis\nimport click\nclick.option('--x')\n"),
        ("a.go", "package a\nvar x = flag.String(\"name\", \"\", \"\")\n"),
        ("a.go", "package a\nimport \"x/flag\"\nvar x = flag.String(\"name\", \"\", \"\")\n"),
        ("a.js", "program.option('-x, --xx', 'y')\n"), ("a.js", "import c from 'commander'\nc.option('x', 'y')\n"),
        ("a.js", "import y from 'yargs-parser'\ny.option('x', {describe: 'y'})\n"),
        ("a.rs", "#[derive(Parser)]\nstruct A { #[arg(long)] x: bool }\n"),
        ("a.c", "  -v, --verbose   Say more\n"), ("a.sh", "curl \\\n  -H 'x: y' \\\n  --data @-  # all\n"),
        ("a.sh", "case $1 in\n  -v|--verbose) x=1 ;;\n  -o pipefail\nesac\n"), ("a.md", "- one\n-- two\n---\n"),
    ]) func isSilentWhereNothingIsKnown(path: String, text: String) throws {
        #expect(try table(text, path).isEmpty)
    }

    @Test func aUsageTextIsRead() throws {
        let text = """
            #!/bin/sh
            usage() {
              cat <<END
              -v, --verbose        Say more
              -o FILE, --out=FILE  Write there
              --color[=WHEN]       Colours: a|b
              -q
            END
            }
            """
        #expect(
            try table(text, "run.sh") == [
                "-v, --verbose | Say more", "-o FILE, --out=FILE | Write there", "--color[=WHEN] | Colours: a|b",
                "-q | ",
            ])
    }

    /// Deep, long and broken sources take steps in proportion to their length.
    @Test(arguments: ["py", "go", "rs", "js", "sh"]) func hostileSourcesAreBounded(ending: String) throws {
        let heads = [
            "py": "import argparse, click, typer\nparser = argparse.ArgumentParser()\n",
            "go": "package a\nimport \"flag\"\nimport \"github.com/spf13/cobra\"\n",
            "rs": "use clap::Arg;\n#[derive(Parser)]\nstruct A {\n",
            "js": "import 'commander'\nimport 'yargs'\n", "sh": "",
        ]
        let pieces = [
            "parser.add_argument(", "x.option(", "Arg::new(", "#[arg(", "flag.String(", "{", "(", "((\"a\" + ",
            ".option('a', {", "const a = ", "\"", "'", "`${", "click.option(\"-", "--x  y\n", "a = \\\n", "//",
            "/*",
        ]
        for piece in pieces {
            let text = (heads[ending] ?? "") + String(repeating: piece, count: 2000)
            #expect(try table(text, "a." + ending).count <= 2000)
        }
    }

    @Test(arguments: [
        ("a.py", "# Not this.\n\"\"\"\nReads\nfiles. Then more.\n\"\"\"\n", "Reads files"),
        ("a.py", "# Not this.\nx = 1\n", ""),
        ("a.py", "x = 1\n\"\"\"Not this.\"\"\"\n", ""), ("a.py", "f\"\"\"{x}\"\"\"\n", ""),
        ("a.rs", "// Copyright X\n//! Sorts\n//! lines.\n", "Sorts lines"),
        ("a.rs", "/// Of a function.\nfn f() {}\n", ""),
        ("a.swift", "import Basics\n\n/// Keeps things.\nstruct A {}\n", "Keeps things"),
        (
            "a.swift",
            "// Not this.\nstruct A {\n    /// Nor this.\n    let b = 1\n}\n/// Nor that.\nstruct C {}\n", ""
        ),
        (
            "a.go", "//go:build linux\n\n// Package a sorts\n// lines. Really.\npackage a\n",
            "Package a sorts lines"
        ),
        ("a.go", "// Not this.\n\npackage a\n\n// Nor this.\nfunc f() {}\n", ""),
        ("a.ts", "/** Of the function below. */\nfunction f() {}\n", ""),
        ("a.ts", "#!/usr/bin/env node\n/**\n * Draws it.\n */\n\nimport x from 'y'\n", "Draws it"),
        ("a.js", "/** @license MIT */\n/**\n * @fileoverview Draws all of it.\n */\nlet a\n", "Draws all of it"),
        ("a.js", "// Not this.\nlet a\n", ""),
        (
            "A.java", "package a;\n\nimport b;\n\n/**\n * Holds {@code a}.\n * @since 1\n */\npublic class A {}\n",
            "Holds {@code a}"
        ),
        ("A.java", "/*\n * Copyright 2020\n */\npackage a;\nclass A { /** Not this. */ int a; }\n", ""),
        ("A.cs", "using System;\nnamespace A;\n\n/// <summary>Keeps <c>x</c>.</summary>\nclass A {}\n", "Keeps x"),
        ("a.sh", "#!/bin/sh\n#\n# Starts it.\nset -e\n", "Starts it"),
        ("a.sh", "#!/bin/sh\nset -e\n# Not this.\n", ""),
        ("a.yaml", "# Not this.\na: 1\n", ""), ("a.md", "text\n# The notes\n", "The notes"),
    ]) func summariesComeFromDocumentation(path: String, text: String, summary: String) throws {
        let files = try MemoryFileView([path: text])
        let job = try Job.example(["reference": ["files": .string(path)]], paths: ["docs/page.md"])
        _ = try DocsExecutor().execute(job, in: files)
        let page = try #require(try files.text("docs/page.md"))
        #expect(page.contains("| [\(path)](../\(path)) | \(summary) |\n"), "\(page)")
    }
}
