/// Every rule that can reject a change or warn about it, by the id that its violations carry.
package enum RuleCatalog {
    package static let entries = paths + files + contents + tests + trailers + outcomes + manifests

    package static func entry(_ id: String) -> CatalogEntry? { entries.first { $0.id == id } }

    private static let paths = [
        CatalogEntry(
            "path-not-allowed", "The change touches a file that the task may not touch.",
            why:
                "A task's permission is what its allowed_paths, its scope and the limits all cover. Whoever reviews it relies on nothing else being changed.",
            mend:
                "Take the file out of the change, or add it to the task's allowed_paths, where its scope covers it.",
            example: "allowed_paths: [docs/] and a change of src/main.py"),
        CatalogEntry(
            "path-forbidden", "The change touches a file that the policy or the scope forbids.",
            why:
                "What is forbidden is so in every spelling that some file system takes for the same, whoever allows it.",
            mend:
                "Take the file out of the change, or narrow the pattern in the policy, which is a change for a person.",
            example: "forbidden: [\"**/*.key\"] and a change of certs/site.key"),
        CatalogEntry(
            "path-protected", "The change touches a file that no task may touch.",
            why:
                "Git's own files, .leviathan/, owners' files and whatever makes a machine run something on push, commit or build decide about changes; a change must not decide about itself.",
            mend: "Make that change by hand. A scope can name a CI file exactly to allow it.",
            example: "a change of .github/workflows/ci.yml or of .leviathan/policy.yaml"),
        CatalogEntry(
            "operation-not-allowed",
            "The change creates, updates or deletes a file where the scope does not allow that.",
            why: "A scope may allow edits and still forbid that files appear or go.",
            mend: "Keep to the scope's operations, or add the operation to the scope.",
            example: "operations: [update] and a change that deletes docs/old.md"),
        CatalogEntry(
            "too-many-files", "The change touches more files than max_files allows.",
            why: "A reviewer can hold so many files in mind and no more.",
            mend: "Split the task, raise max_files, or name generated directories under sandbox.scratch.",
            example: "max_files: 10 and a change of 11 files"),
        CatalogEntry(
            "patch-too-large", "The patch is larger than max_patch_bytes allows.",
            why: "A long patch is not read, and what is not read is not reviewed.",
            mend: "Split the task, or raise max_patch_bytes.",
            example: "max_patch_bytes: 100KB and a patch of 2 MB"),
        CatalogEntry(
            "requirement-missing",
            "The scope requires that a change also touches tests or docs, and this one does not.",
            why: "requires: [tests] holds that nothing changes without the tests that show it.",
            mend: "Add such a file to the task's allowed_paths and acceptance criteria.",
            example: "requires: [tests] and a change of src/a.py alone"),
    ]

    private static let files = [
        CatalogEntry(
            "file-name", "A file's name cannot be committed safely.",
            why:
                "Names with control characters, or parts that some system takes for '.git', do harm where they are checked out.",
            mend: "Rename the file.", example: "a file named 'git~1' or one with a line break"),
        CatalogEntry(
            "file-mode", "A file has a mode that git does not keep.",
            why: "Only 100644, 100755 and symlinks are committed.",
            mend: "chmod 644 or 755.", example: "a file of mode 100664"),
        CatalogEntry(
            "file-too-large", "A file is larger than max_file_size allows.",
            why: "A large file stays in the history for ever.",
            mend: "Keep it elsewhere, or raise max_file_size for that pattern.",
            example: "max_file_size: {\"*.md\": 500KB} and a page of 2 MB"),
        CatalogEntry(
            "special-file", "Something is neither a file, a directory nor a symlink.",
            why: "Sockets, pipes and devices cannot be committed.",
            mend: "Remove it, or write it below a scratch path.",
            example: "a socket that a server left in the workspace"),
        CatalogEntry(
            "unreadable", "A file that was changed could not be read.",
            why: "What cannot be read cannot be judged, and so is not left out in silence.",
            mend: "Make it readable, or name its directory under sandbox.scratch.", example: "a file of mode 000"),
        CatalogEntry(
            "git-metadata", "The workspace's own git files were changed.",
            why: "Settings and hooks in there would act on the machine that looks at the checkout.",
            mend: "Let programs leave .git alone.", example: "a program that replaces .git"),
        CatalogEntry(
            "symlink", "A symlink leads out of the repository, or to a protected file.",
            why: "Whoever follows the link later writes or reads what the task may not touch.",
            mend: "Link to a file within the task's paths by a relative path.",
            example: "docs/link -> ../../etc/passwd"),
        CatalogEntry(
            "nested-repository", "The change adds a repository or moves a submodule.",
            why: "The files of another repository are not part of the change, and nobody would judge them.",
            mend: "Remove its .git directory, or move the submodule by hand.",
            example: "vendor/lib with a .git of its own"),
        CatalogEntry(
            "submodule", "A submodule could not be filled as it has to be.",
            why: "A submodule of an unclear name or place could overwrite files of another.",
            mend: "Mend .gitmodules by hand.", example: "two submodules at one path"),
        CatalogEntry(
            "bare-repository", "A directory would look like a bare repository to git.",
            why: "Git obeys the settings of a bare repository that it comes across.",
            mend: "Keep such repositories as archives, or make them when the tests run.",
            example: "tests/data with HEAD, objects/ and refs/"),
        CatalogEntry(
            "path-collision", "Two files have names that some systems take for one.",
            why: "A checkout there would overwrite one with the other.", mend: "Rename one of them.",
            example: "docs/Guide.md beside docs/guide.md"),
        CatalogEntry(
            "filter-attribute", "A file is under a filter, or is given one.",
            why: "A filter is a program that runs at each checkout, on every machine.",
            mend: "Leave filters to a person, and files under one out of the change.", example: "*.bin filter=lfs"),
    ]

    private static let contents = [
        CatalogEntry(
            "secret", "The change seems to contain a secret.",
            why: "What is pushed is published, and stays in the history after it is removed.",
            mend:
                "Take it out, and revoke it where it was issued if it is real. A false alarm in a file of the base can be allowed there.",
            example: "a GitHub token in docs/setup.md"),
        CatalogEntry(
            "granted-secret", "The change contains a value that programs were given as a secret.",
            why:
                "A program gets a secret variable to use it; the pushed commit is a way out for whatever can be read.",
            mend: "Find out what wrote the value into the file, and replace the secret.",
            example: "sandbox.secrets: [API_TOKEN] and its value in a log that became part of the change"),
        CatalogEntry(
            "content-unread", "A file is too large, or cannot be read, to be searched for secrets.",
            why: "Nothing that was not looked at is called fine.",
            mend: "Split the file, or keep it out of the change.",
            example: "a text file of 10 MB"),
        CatalogEntry(
            "conflict-markers", "A file contains an unresolved merge conflict.",
            why: "It was never meant to be committed.",
            mend: "Resolve it, and remove the lines of '<', '=' and '>'.", example: "<<<<<<< HEAD"),
        CatalogEntry(
            "malformed-content", "A file of a known format cannot be parsed any more.",
            why: "A broken JSON, YAML, TOML or Python file breaks whatever reads it.",
            mend: "Mend the named line.",
            example: "package.json with a trailing comma"),
    ]

    private static let tests = [
        CatalogEntry(
            "test-removed", "A test that the base has is gone.",
            why: "A change that removes what would have judged it may look fine for that reason alone.",
            mend: "Say in the task that the test may go, or keep it.", example: "def test_total() was deleted"),
        CatalogEntry(
            "test-file-deleted", "A file with tests was deleted.", why: "Every test in it is gone.",
            mend: "Say in the task that the tests may go, or keep them.",
            example: "tests/test_total.py was deleted"),
        CatalogEntry(
            "test-skipped", "A test is skipped or disabled that ran before.",
            why: "A skipped test passes whatever is wrong.",
            mend: "Let it run, or say in the task why it may not.", example: "@pytest.mark.skip above test_total"),
        CatalogEntry(
            "test-focused", "A test is focused, so that all others of its file do not run.",
            why: "The others would pass unseen.", mend: "Remove the focus.", example: "it.only(…)"),
        CatalogEntry(
            "assertions-removed", "A test has fewer assertions than before.",
            why: "A test without assertions cannot fail.", mend: "Keep them, or say in the task why they may go.",
            example: "a test that had 3 assertions and has none"),
        CatalogEntry(
            "tests-unread", "The tests of a file cannot be compared with those of the base.",
            why: "Nobody knows whether they were weakened.", mend: "Compare them by hand, or split the file.",
            example: "a test file of 10 MB"),
    ]

    private static let trailers = [
        CatalogEntry(
            "no-task", "The branch carries out no task, and --require-task asks for one.",
            why: "Where every change has to be a task's, a branch of another name must not pass unseen.",
            mend: "Push it as agent/TASK, name the task with --task, or judge it by a scope with --scope.",
            example: "a pull request from the branch fix-typo"),
        CatalogEntry(
            "trailer-task", "A commit names another task than its branch, or several.",
            why: "The task decides by which rules the change is judged; nobody may choose the mildest.",
            mend: "Propose each task on a branch of its own.", example: "Task-ID: task-002 on agent/task-001"),
        CatalogEntry(
            "trailer-attempt", "A commit names an attempt that did not make it.",
            why: "The attempt leads to the record of what was done; a wrong one leads to somebody else's.",
            mend: "Make the commit anew with 'leviathan propose'.",
            example: "an Attempt-ID that differs from the mark in the backlog"),
        CatalogEntry(
            "trailer-base", "A commit names a base that is no commit of the target branch.",
            why: "The base brings the rules along by which the commit claims to be made.",
            mend: "Make it anew with 'leviathan propose TASK --refresh'.",
            example: "Leviathan-Base: a commit of the branch itself"),
        CatalogEntry(
            "agent-commit", "A commit of a task is pushed to a branch that only takes reviewed changes.",
            why: "What Leviathan makes is proposed, and a person merges it.",
            mend: "Push it as agent/TASK, and merge the pull request.",
            example: "git push origin HEAD:main with a Task-ID"),
    ]

    private static let outcomes = [
        CatalogEntry(
            "invariant-failed", "An invariant ran on the change and failed.",
            why: "The policy says that it must hold after every change.",
            mend: "Mend what its output names; 'leviathan attempts show' and the job's log have it.",
            example: "check: pytest tests/ ends with 1"),
        CatalogEntry(
            "invariant-timed-out", "An invariant did not end within its time.",
            why: "What did not end did not pass.",
            mend: "Find out what it waits for, or raise its timeout.",
            example: "timeout: 1m and a check that takes longer"),
        CatalogEntry(
            "invariant-could-not-run", "An invariant could not be run.",
            why: "Nothing that did not run is reported as fine.",
            mend: "Install its program where the job runs, or mend the set-up.",
            example: "check: pytest, and there is no pytest"),
        CatalogEntry(
            "invariant-broken-at-base", "An invariant fails on the base as well.",
            why: "Nobody can tell by it whether the change is fine.",
            mend: "Mend the base, or let 'baseline: excuse' name the failures that are known.",
            example: "tests that are red on main"),
        CatalogEntry(
            "not-reproduced", "Running the task again did not give the tree of the commit.",
            why: "What nothing reproduces was made by something else than the task.",
            mend: "Look at what differs with 'leviathan verify COMMIT'; make the commit anew.",
            example: "a file that was edited on the branch afterwards"),
    ]
}
