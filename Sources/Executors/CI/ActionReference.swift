internal import Basics
internal import Contracts
internal import Editing
internal import Manifests
internal import Model

/// What a `uses:` says: `owner/name/path@ref`.
struct ActionReference {
    /// `owner/name`.
    let repository: String
    /// Everything before the `@`.
    let target: String
    let ref: String

    /// `nil` for an action of the same repository, and for an image.
    init?(_ text: String) {
        guard !text.hasPrefix("."), !text.hasPrefix("docker://"), let at = text.lastIndex(of: "@") else {
            return nil
        }
        let parts = text[..<at].split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count >= 2, !parts.contains(where: \.isEmpty) else { return nil }
        (repository, target) = (parts[0] + "/" + parts[1], String(text[..<at]))
        ref = String(text[text.index(after: at)...])
        guard !ref.isEmpty else { return nil }
    }

    private init(_ repository: String, _ target: String, _ ref: String) {
        (self.repository, self.target, self.ref) = (repository, target, ref)
    }

    var isPinned: Bool { Self.isCommit(ref) }

    var text: String { target + "@" + ref }

    /// The same action at another tag or commit.
    func with(_ ref: String) -> ActionReference { ActionReference(repository, target, ref) }

    /// What a person reads: the tag that a commit is.
    func shown(as tag: String?) -> String {
        guard isPinned else { return text }
        return target + "@" + (tag.map { "\($0), pinned" } ?? "\(ref.prefix(7))")
    }

    static func isCommit(_ text: String) -> Bool {
        CurrentVersion.isCommit(text)
    }
}

/// What a task wants of an action.
struct WantedAction {
    let name: String
    /// A tag, a branch, or a wish; `nil` keeps what is there.
    let version: String?
    let commit: String?
    let isPinned: Bool

    var wish: VersionWish? { version.flatMap { VersionWish(rawValue: $0.lowercased()) } }

    init(_ name: String, _ value: JSON, pinsAll: Bool) throws(ExecutorError) {
        let fields = InputValues(value, CIInputs.action)
        let text = fields["version"]?.string ?? value.string
        let commit = fields["commit"]?.string ?? text.flatMap { ActionReference.isCommit($0) ? $0 : nil }
        guard text != nil || commit != nil || fields["pin"] == true else {
            throw ExecutorError(
                "ci", "inputs.uses.\(name) is \(value.kindName), not a version",
                hint: "write it as \"v4.2.0\", or as {version: v4.2.0, commit: …}; in quotes, 1.10 stays 1.10")
        }
        guard commit.map(ActionReference.isCommit) ?? true, text.map(Self.isRef) ?? true, name.contains("/") else {
            throw ExecutorError("ci", "inputs.uses.\(name) names no action at a tag or commit")
        }
        (self.name, self.commit) = (name, commit)
        version = text == commit ? nil : text
        isPinned = fields["pin"]?.bool ?? (pinsAll || commit != nil)
    }

    /// An action that is pinned where it is.
    init(pinning name: String) { (self.name, version, commit, isPinned) = (name, nil, nil, true) }

    func matches(_ reference: ActionReference) -> Bool {
        let wanted = name.lowercased()
        return wanted == reference.repository.lowercased() || wanted == reference.target.lowercased()
    }

    private static func isRef(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200, first != UInt8(ascii: "-") else { return false }
        return text.utf8.allSatisfy { $0.isNameByte || "./+".utf8.contains($0) }
    }
}

/// Finds tags and commits of actions, and remembers them for a re-run.
struct ActionLookup {
    private let job: Job
    private let registries: PackageRegistries
    private var tags: [String: [PackageRegistries.Tag]] = [:]
    private var answers: [JSON.Member] = []

    init(_ job: Job) {
        self.job = job
        registries = PackageRegistries("ci", job)
    }

    var declared: JSON { answers.isEmpty ? .object([]) : .object([.init("actions", .object(answers))]) }

    /// The tag that a wish comes to, written as fully as the one that is there.
    mutating func tag(_ wish: VersionWish, of repository: String, from current: String) throws(ExecutorError)
        -> String
    {
        try remembered("\(repository) \(wish.rawValue) of \(current)") { (lookup) throws(ExecutorError) in
            let names = try lookup.tags(of: repository, "\(wish.rawValue) of '\(repository)'").map(\.name)
            let listing = VersionListing(versions: names, client: "git ls-remote")
            let newest = try listing.newest(wish, from: current, of: repository)
            let short = VersionOrder.numbers(newest).prefix(VersionOrder.numbers(current).count).map(String.init)
            let mark = newest.first == "v" ? "v" : ""
            let name = mark + short.joined(separator: ".")
            return !current.isEmpty && names.contains(name) ? name : newest
        }
    }

    /// The commit of a tag; `nil` for what is none.
    mutating func commit(of tag: String, in repository: String) throws(ExecutorError) -> String? {
        let commit = try remembered("\(repository)@\(tag)") { (lookup) throws(ExecutorError) in
            try lookup.tags(of: repository, "the commit of '\(repository)@\(tag)'").first { $0.name == tag }?
                .commit ?? ""
        }
        return commit.isEmpty ? nil : commit
    }

    /// The fullest tag of the commit that a short one stands for: `v4.2.2` where `v4` is.
    mutating func fullTag(of tag: String, in repository: String) throws(ExecutorError) -> String {
        try remembered("\(repository)@\(tag) in full") { (lookup) throws(ExecutorError) in
            let tags = try lookup.tags(of: repository, "the tag of '\(repository)@\(tag)'")
            let commit = tags.first { $0.name == tag }?.commit
            let same = tags.filter { $0.commit == commit && VersionOrder.isStable($0.name) }.map(\.name)
            return same.max { VersionOrder.numbers($0).count < VersionOrder.numbers($1).count } ?? tag
        }
    }

    private mutating func remembered(
        _ key: String, _ find: (inout ActionLookup) throws(ExecutorError) -> String
    ) throws(ExecutorError) -> String {
        if let known = answers.first(where: { $0.name == key })?.value.string { return known }
        let answer: String
        if let recorded = job.recorded {
            guard let known = recorded["actions"]?[key]?.string else {
                throw ExecutorError("ci", "the recorded attempt says nothing of '\(key)'")
            }
            answer = known
        } else {
            answer = try find(&self)
        }
        answers.append(.init(key, .string(answer)))
        return answer
    }

    private mutating func tags(of repository: String, _ subject: String) throws(ExecutorError)
        -> [PackageRegistries.Tag]
    {
        if let known = tags[repository] { return known }
        let found = try registries.tags(of: repository, subject)
        tags[repository] = found
        return found
    }
}
