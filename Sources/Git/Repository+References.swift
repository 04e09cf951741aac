package import Basics
internal import CLibGit2

extension Repository {
    /// What HEAD stands on; `nil` while its branch has no commit.
    package func head() throws(GitError) -> Reference? {
        guard let head = try reference("HEAD"), let id = head.objectID else { return nil }
        if case .symbolic(let name) = head.target {
            return Reference(name: name, target: .object(id), objectID: id)
        }
        return head
    }

    /// `nil` when there is no reference of that name.
    package func reference(_ name: String) throws(GitError) -> Reference? {
        var raw: OpaquePointer?
        let code = git_reference_lookup(&raw, pointer, name)
        if code == GIT_ENOTFOUND.rawValue { return nil }
        guard code == 0, let raw else { throw GitError.last(code, "look up '\(name)'") }
        defer { git_reference_free(raw) }
        return value(of: raw)
    }

    /// The references whose full name matches, such as `refs/heads/agent/*`.
    package func references(glob: String) throws(GitError) -> [Reference] {
        var iterator: OpaquePointer?
        try check("list references") { git_reference_iterator_glob_new(&iterator, pointer, glob) }
        defer { git_reference_iterator_free(iterator) }
        var found: [Reference] = []
        var raw: OpaquePointer?
        while true {
            let code = git_reference_next(&raw, iterator)
            if code == GIT_ITEROVER.rawValue { return found.sorted { $0.name < $1.name } }
            guard code == 0, let reference = raw else { throw GitError.last(code, "list references") }
            found.append(value(of: reference))
            git_reference_free(reference)
        }
    }

    /// The commit that any spelling `git rev-parse` knows stands for; `nil` when there is none.
    package func commitID(_ revision: String) throws(GitError) -> ObjectID? {
        var object: OpaquePointer?
        let code = git_revparse_single(&object, pointer, revision)
        if code == GIT_ENOTFOUND.rawValue || code == GIT_EINVALIDSPEC.rawValue { return nil }
        try check("resolve '\(revision)'") { code }
        defer { git_object_free(object) }
        var commit: OpaquePointer?
        guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0 else { return nil }
        defer { git_object_free(commit) }
        return ObjectID(git_object_id(commit).pointee)
    }

    /// Fails with `.referenceExists` when it is there already.
    package func createReference(_ name: String, at id: ObjectID, message: String) throws(GitError) {
        var target = id.raw
        var raw: OpaquePointer?
        defer { git_reference_free(raw) }
        try check("create '\(name)'") { git_reference_create(&raw, pointer, name, &target, 0, message) }
    }

    /// Moves a reference, but only from the expected place; `nil` expects that it is not there.
    package func updateReference(
        _ name: String, to id: ObjectID, expecting old: ObjectID?, message: String
    ) throws(GitError) {
        guard let old else { return try createReference(name, at: id, message: message) }
        var (target, expected) = (id.raw, old.raw)
        var raw: OpaquePointer?
        defer { git_reference_free(raw) }
        let code = git_reference_create_matching(&raw, pointer, name, &target, 1, &expected, message)
        if code == GIT_ENOTFOUND.rawValue {
            throw GitError(
                .referenceMoved, "update '\(name)'", reason: "it is not there any more", code: Int(code))
        }
        try check("update '\(name)'") { code }
    }

    /// Whether a branch is checked out, here or in any other worktree.
    package func isCheckedOut(_ name: String) throws(GitError) -> Bool {
        var raw: OpaquePointer?
        let code = git_reference_lookup(&raw, pointer, name)
        if code == GIT_ENOTFOUND.rawValue { return false }
        try check("look up '\(name)'") { code }
        defer { git_reference_free(raw) }
        let answer = git_branch_is_checked_out(raw)
        try check("see whether '\(name)' is checked out") { min(answer, 0) }
        return answer == 1
    }

    /// Makes a name stand for another name, whatever it stood for before.
    package func setSymbolicReference(_ name: String, to target: String) throws(GitError) {
        var raw: OpaquePointer?
        defer { git_reference_free(raw) }
        try check("point '\(name)' at '\(target)'") {
            git_reference_symbolic_create(&raw, pointer, name, target, 1, nil)
        }
    }

    private func value(of raw: OpaquePointer) -> Reference {
        let name = String(cString: git_reference_name(raw))
        if let direct = git_reference_target(raw) {
            let id = ObjectID(direct.pointee)
            return Reference(name: name, target: .object(id), objectID: id)
        }
        let next = git_reference_symbolic_target(raw).map { String(cString: $0) } ?? ""
        var resolved: OpaquePointer?
        defer { git_reference_free(resolved) }
        let id = git_reference_resolve(&resolved, raw) == 0 ? git_reference_target(resolved) : nil
        return Reference(name: name, target: .symbolic(next), objectID: id.map { ObjectID($0.pointee) })
    }
}
