internal import Basics

/// The first version of a target's files, with comments that explain them.
package struct StarterFiles {
    package let target: String
    package let defaultBranch: String
    /// Commands that run the tests; none where none was recognised.
    package let testCommands: [String]
    /// The directories whose change makes it worth running the tests.
    package let codeDirectories: [String]
    package let docsDirectories: [String]

    package init(
        target: String, defaultBranch: String, testCommands: [String] = [], codeDirectories: [String] = [],
        docsDirectories: [String] = []
    ) {
        (self.target, self.defaultBranch, self.testCommands) = (target, defaultBranch, testCommands)
        self.codeDirectories = codeDirectories.isEmpty ? ["src", "tests"] : codeDirectories
        self.docsDirectories = docsDirectories.isEmpty ? ["docs"] : docsDirectories
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
        writeback: true     # a finished task is marked in the backlog, in the same branch

        """
    }

    private var policy: String {
        """
        # The rules that every change is judged by.
        version: 1
        scopes:
          docs:
            allowed_paths: [\(trees(docsDirectories)), README.md]
            operations: [create, update]
            max_files: 5
            executor: docs
        forbidden: ["**/*.key", "**/*.pem"]
        limits:
          max_patch_bytes: 1MB
        invariants:
          - name: No secrets in the change
            builtin: secrets
        \(tests)
        """
    }

    private var tests: String {
        testCommands.map { command in
            """
              - name: \(testCommands.count == 1 ? "Tests must pass" : quoted("Tests must pass: " + command))
                check: \(quoted(command))
                when: [\(trees(codeDirectories))]

            """
        }.joined()
    }

    private func trees(_ directories: [String]) -> String {
        directories.map { quoted($0 + "/**") }.joined(separator: ", ")
    }

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
