internal import Basics

/// A scope that a repository seems to have use for; its name is that of the executor that serves it.
package struct StarterScope: Hashable, Sendable {
    package let name: String
    package let paths: [String]

    package init(_ name: String, paths: [String]) { (self.name, self.paths) = (name, paths) }
}

/// A command that runs the tests, and what is known of whether it does.
package struct StarterTest: Hashable, Sendable {
    package enum State: Hashable, Sendable {
        /// It passes on the base, behind the fence and in a fresh checkout.
        case passed
        case untried(String)
        case failed(String)
    }

    /// What a fresh checkout needs before; it has the network.
    package struct SetUp: Hashable, Sendable {
        package let command: String
        package let lockFiles: [String]

        package init(command: String, lockFiles: [String]) {
            (self.command, self.lockFiles) = (command, lockFiles)
        }
    }

    package let command: String
    package var state: State
    package var setup: SetUp?

    package init(_ command: String, _ state: State) { (self.command, self.state) = (command, state) }
}

/// The first version of a target's files, with comments that explain them.
package struct StarterFiles: Sendable {
    package let target: String
    package let defaultBranch: String
    /// None where none was recognised.
    package var tests: [StarterTest] = []
    /// What makes it worth running the tests; empty for every change.
    package var testedPaths: [String] = []
    package var docsDirectories = ["docs"]
    /// As it is spelled in the repository.
    package var readme = "README.md"
    package var scopes: [StarterScope] = []
    /// The most open pull requests; `nil` leaves it to the limit that holds without one.
    package var maxOpen: Int?
    package var opensDrafts = false
    package var writesBack = true

    package init(target: String, defaultBranch: String) {
        (self.target, self.defaultBranch) = (target, defaultBranch)
    }

    package static let paths = [ContractPaths.contract, ContractPaths.policy, ContractPaths.backlog]

    /// Each file's path and text.
    package var files: [(path: String, text: String)] { Array(zip(Self.paths, [contract, policy, backlog])) }

    private var contract: String {
        """
        # Whose repository this is, and how changes reach their reviewers.
        version: 1
        target: \(quoted(target))
        repository:
          default_branch: \(quoted(defaultBranch))
        delivery:
          forge: auto       # github, gitlab or gitea by the remote's address; 'git' pushes the branch alone
        \(opensDrafts ? "  draft: true       # nobody is asked for a review before a person says so\n" : "")\(writeback)

        """
    }

    private var writeback: String {
        writesBack
            ? "writeback: true     # a finished task is marked in the backlog, in the same branch"
            : "writeback: false    # tasks in the backlog are changed by people alone"
    }

    private var policy: String {
        """
        # The rules that every change is judged by.
        version: 1
        scopes:
          docs:
            allowed_paths: [\(list(docsDirectories.map { $0 + "/**" } + [readme]))]
            operations: [create, update]
            max_files: 5
            executor: docs
        \(scopes.map(text).joined())forbidden: ["**/*.key", "**/*.pem"]
        limits:
          max_patch_bytes: 1MB
        \(maxOpen.map { "  max_open_prs: \($0)     # the next one comes when a person has decided\n" } ?? "")\
        \(workspace)invariants:
          - name: No secrets in the change
            builtin: secrets
        \(tests.map(text).joined())
        """
    }

    private func text(_ scope: StarterScope) -> String {
        let note =
            scope.name == "ci" ? "    # files that run something on a push have to be named one by one\n" : ""
        let lines = scope.paths.map { "      - \(quoted($0))\n" }.joined()
        return "  \(scope.name):\n\(note)    allowed_paths:\n\(lines)    executor: \(scope.name)\n"
    }

    /// What fresh checkouts get before a test runs; of several set-ups one line.
    private var workspace: String {
        let passing = tests.filter { !$0.isCommentedOut }.compactMap(\.setup)
        let (isOff, setups) = (passing.isEmpty, passing.isEmpty ? tests.compactMap(\.setup) : passing)
        guard !setups.isEmpty else { return "" }
        var lines = ["workspace:", "  setup: " + quoted(setups.map(\.command).joined(separator: " && "))]
        if setups.allSatisfy({ !$0.lockFiles.isEmpty }) {
            lines.append("  lock_files: [\(list(setups.flatMap(\.lockFiles)))]")
        }
        lines.append("  network: allow      # the set-up alone; tests run without it")
        return lines.map { (isOff ? "# " : "") + $0 + "\n" }.joined()
    }

    private func text(_ test: StarterTest) -> String {
        var lines = [
            "  - name: " + (tests.count == 1 ? "Tests must pass" : quoted("Tests must pass: " + test.command)),
            "    check: " + quoted(test.command),
        ]
        if !testedPaths.isEmpty {
            lines += ["    when:"] + testedPaths.map { "      - " + quoted($0) }
        }
        let margin = test.isCommentedOut ? "  # " : ""
        let body = lines.map { margin + $0.dropFirst(test.isCommentedOut ? 2 : 0) + "\n" }.joined()
        return test.remark.map { "  # " + $0 + "\n" }.joined() + body
    }

    private func list(_ texts: [String]) -> String { texts.map(quoted).joined(separator: ", ") }

    private var backlog: String {
        """
        # The tasks. Nothing runs that is not `ready: true`.
        version: 1
        tasks:
          - id: task-001
            title: Describe how to build and test this repository
            description: What a newcomer needs to know before the first change.
            scope: docs
            priority: medium
            ready: false
            allowed_paths: [\(quoted(docsDirectories[0] + "/building.md"))]
            acceptance_criteria:
              - The commands can be copied and run

        """
    }

    /// YAML text that no character of a name can break.
    private func quoted(_ text: String) -> String {
        let isPlain =
            text.first?.isLetter == true && text.last != " "
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || "-_./ *".utf8.contains($0)
            }
        let isWord = ["yes", "no", "on", "off", "y", "n", "true", "false", "null"].contains(text.lowercased())
        return isPlain && !isWord ? text : JSON.string(text).text()
    }
}

extension StarterTest {
    /// Whether it would reject every change as things are.
    var isCommentedOut: Bool { if case .failed = state { true } else { false } }

    /// What a reader of the policy should know about it, line by line.
    fileprivate var remark: [String] {
        switch state {
        case .passed: []
        case .untried(let reason): ["not tried: " + Self.line(reason)]
        case .failed(let reason):
            ["it does not pass behind the fence on the base, and so is left out: " + Self.line(reason)]
        }
    }

    private static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
    }
}
