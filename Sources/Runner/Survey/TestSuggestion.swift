internal import Basics
internal import Manifests

/// A way to run the tests of a repository, and what a fresh checkout needs for it.
package struct TestSuggestion: Sendable, Equatable {
    /// What has to be there besides the committed files.
    package struct Preparation: Sendable, Equatable {
        package let setup: String
        /// How the tests run with it; the usual command where that is the same.
        package let command: String
        /// All that the set-up reads of the tree; empty for the whole.
        package let lockFiles: [String]
    }

    package let command: String
    /// The file that suggests it.
    package let sign: String
    package var preparation: Preparation?

    package init(command: String, sign: String) { (self.command, self.sign) = (command, sign) }
}

/// Finds test commands by the files at a repository's root.
struct TestSuggestions {
    private let root: String

    init(root: String) { self.root = root }

    /// What cannot be read suggests nothing; whoever runs 'init' sees what was found and can say more.
    private func text(_ name: String) -> String? {
        guard let bytes = try? FileSystem.read(root + "/" + name, limit: 1 << 20) else { return nil }
        return String(decoding: bytes[bytes.textStart...], as: UTF8.self)
    }

    private func has(_ name: String) -> Bool { FileSystem.exists(root + "/" + name) }

    /// One for each language; `make` only where nothing more exact is known.
    var all: [TestSuggestion] {
        let found = [swift, cargo, go, python, node, maven, gradle].compactMap(\.self)
        return found.isEmpty ? [make].compactMap(\.self) : found
    }

    private var swift: TestSuggestion? {
        guard has("Package.swift") else { return nil }
        var found = TestSuggestion(command: "swift test", sign: "Package.swift")
        if has("Package.resolved") {
            found.preparation = .init(
                setup: "swift package resolve", command: "swift test --disable-automatic-resolution", lockFiles: []
            )
        }
        return found
    }

    private var cargo: TestSuggestion? {
        guard has("Cargo.toml") else { return nil }
        var found = TestSuggestion(command: "cargo test", sign: "Cargo.toml")
        found.preparation = .init(
            setup: "CARGO_HOME=.cargo-home cargo fetch", command: "CARGO_HOME=.cargo-home cargo test --offline",
            lockFiles: [])
        return found
    }

    private var go: TestSuggestion? {
        guard has("go.mod") else { return nil }
        var found = TestSuggestion(command: "go test ./...", sign: "go.mod")
        if has("go.sum"), !has("vendor/modules.txt") {
            found.preparation = .init(
                setup: "GOMODCACHE=\"$PWD/.go-modules\" go mod download",
                command: "GOFLAGS=-mod=mod GOPROXY=off GOMODCACHE=\"$PWD/.go-modules\" go test ./...",
                lockFiles: ["go.mod", "go.sum"])
        }
        return found
    }

    // MARK: Python

    private var python: TestSuggestion? {
        guard let sign = pythonSign else { return nil }
        var found = TestSuggestion(command: "python3 -m pytest", sign: sign)
        if has("uv.lock") {
            found.preparation = .init(
                setup: "uv sync --frozen", command: "uv run --frozen --offline python -m pytest", lockFiles: [])
        } else if has("poetry.lock") {
            found.preparation = .init(
                setup: "POETRY_VIRTUALENVS_IN_PROJECT=true poetry install --no-interaction",
                command: ".venv/bin/python -m pytest", lockFiles: [])
        } else {
            found.preparation = pip
        }
        return found
    }

    private var pythonSign: String? {
        if let plain = ["pytest.ini", "conftest.py", "tests/conftest.py"].first(where: has) { return plain }
        return ["pyproject.toml", "setup.cfg", "tox.ini", "requirements-dev.txt", "requirements.txt"].first {
            text($0)?.contains("pytest") == true
        }
    }

    private var pip: TestSuggestion.Preparation {
        let files = requirements
        let isPackage = has("pyproject.toml") || has("setup.py")
        // An application whose requirements stand in a file of its own need not be a package that builds.
        let installs = isPackage && !has("requirements.txt") && !has("requirements/base.txt")
        let wanted = files.map { "-r \($0)" } + (installs ? ["-e " + package] : [])
        let read = including(files)
        let hasPytest = read.contains { text($0)?.contains("pytest") == true } || package != "."
        return .init(
            setup: "python3 -m venv .venv && .venv/bin/pip install -q "
                + (wanted + (hasPytest ? [] : ["pytest"])).joined(separator: " "),
            command: ".venv/bin/python -m pytest", lockFiles: installs ? [] : read)
    }

    /// Those at the root, or the one below `requirements/` that is for tests.
    private var requirements: [String] {
        let names = ["requirements.txt", "requirements-dev.txt", "requirements-test.txt", "dev-requirements.txt"]
        let apart = ["tests", "test", "testing", "dev", "development", "local"].map { "requirements/\($0).txt" }
        let found = names.filter(has)
        if found.count > 1 { return found }
        return (found + apart.filter(has).prefix(1))
    }

    /// The files with those that they include.
    private func including(_ files: [String]) -> [String] {
        var all = files
        var index = 0
        while index < all.count, all.count < 50 {
            let path = all[index]
            index += 1
            let directory = path.split(separator: "/").dropLast().joined(separator: "/")
            for name in RequirementsFile.includes(in: Array((text(path) ?? "").utf8)) where !name.contains("..") {
                let place = directory.isEmpty ? name : directory + "/" + name
                if has(place), !all.contains(place) { all.append(place) }
            }
        }
        return all
    }

    /// The package, with the extra that holds what its tests need.
    private var package: String {
        var isExtras = false
        for line in (text("pyproject.toml") ?? "").split(whereSeparator: \.isNewline) {
            if line.hasPrefix("[") { isExtras = line.hasPrefix("[project.optional-dependencies]") }
            guard isExtras, let name = line.split(separator: "=").first.map({ String($0).trimmed }) else {
                continue
            }
            if ["test", "tests", "testing", "dev"].contains(name) { return "'.[\(name)]'" }
        }
        return "."
    }

    // MARK: Node

    /// The package manager that the lock file names, where there is a test script that is more than npm's placeholder.
    private var node: TestSuggestion? {
        guard let manifest = text("package.json"), let json = try? JSON.parse(manifest),
            let script = json["scripts"]?["test"]?.string, !script.contains("no test specified")
        else { return nil }
        let managers = [
            ("pnpm-lock.yaml", "pnpm", "pnpm install --frozen-lockfile"),
            ("yarn.lock", "yarn", "yarn install --frozen-lockfile"), ("package-lock.json", "npm", "npm ci"),
        ]
        let found = managers.first { has($0.0) }
        let command = "\(found?.1 ?? "npm") test"
        var suggestion = TestSuggestion(command: command, sign: "package.json")
        let needs = ["dependencies", "devDependencies"].contains { json[$0]?.members?.isEmpty == false }
        if needs {
            suggestion.preparation = .init(
                setup: found?.2 ?? "npm install", command: command,
                lockFiles: ["package.json"] + (found.map { [$0.0] } ?? []))
        }
        return suggestion
    }

    // MARK: Java and make

    private var maven: TestSuggestion? {
        guard has("pom.xml") else { return nil }
        let program = has("mvnw") ? "./mvnw" : "mvn"
        var found = TestSuggestion(command: "\(program) -q -o test", sign: "pom.xml")
        found.preparation = .init(
            setup: "\(program) -q -Dmaven.repo.local=.m2 test",
            command: "\(program) -q -o -Dmaven.repo.local=.m2 test", lockFiles: [])
        return found
    }

    private var gradle: TestSuggestion? {
        guard let sign = ["build.gradle", "build.gradle.kts"].first(where: has) else { return nil }
        let program = has("gradlew") ? "./gradlew" : "gradle"
        var found = TestSuggestion(command: "\(program) --offline test", sign: sign)
        found.preparation = .init(
            setup: "GRADLE_USER_HOME=\"$PWD/.gradle-home\" \(program) --no-daemon testClasses",
            command: "GRADLE_USER_HOME=\"$PWD/.gradle-home\" \(program) --no-daemon --offline test", lockFiles: [])
        return found
    }

    private var make: TestSuggestion? {
        for name in ["GNUmakefile", "Makefile", "makefile"] {
            guard let text = text(name) else { continue }
            for target in ["test", "check"] where ("\n" + text).contains("\n\(target):") {
                return TestSuggestion(command: "make \(target)", sign: name)
            }
        }
        return nil
    }
}
