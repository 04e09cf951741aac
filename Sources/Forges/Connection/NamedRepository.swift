internal import Basics
internal import HTTP
internal import Synchronization

/// A repository that its forge knows by owner and name, asked for under the name that it has now.
final class NamedRepository: Sendable {
    let connection: ForgeConnection
    private let address: ForgeAddress
    private let currentName = Mutex<RepositorySlug?>(nil)

    init(_ address: ForgeAddress, _ provider: any CredentialProvider, _ surroundings: ForgeEnvironment) {
        self.address = address
        connection = ForgeConnection(address, provider, surroundings)
    }

    /// An address below the repository as it is called now.
    func url(_ segments: [String], query: [(String, String)]) throws(ForgeError) -> String {
        let slug = try slug()
        let path = segments.flatMap { $0.split(separator: "/").map(String.init) }
        return ForgeConnection.join(connection.url("repos", slug.owner, slug.name), path, query)
    }

    /// Asked once: a list for a name that is no longer the repository's would come back empty.
    func slug() throws(ForgeError) -> RepositorySlug {
        if let known = currentName.withLock({ $0 }) { return known }
        return try facts().facts.slug
    }

    /// What such forges tell alike, with the answer for what one of them tells more.
    func facts() throws(ForgeError) -> (facts: RepositoryFacts, answer: ForgeAnswer) {
        let slug = address.slug
        let answer = try connection.send(
            ForgeCall("read the repository \(slug)", .get, connection.url("repos", slug.owner, slug.name)))
        let json = try answer.json()
        guard let name = json["full_name"]?.string.flatMap({ RepositorySlug($0) }) else {
            throw answer.unreadable("the answer does not name the repository")
        }
        var facts = RepositoryFacts(slug: name)
        facts.defaultBranch = json["default_branch"]?.string
        facts.isArchived = json["archived"]?.bool ?? false
        facts.isPrivate = json["private"]?.bool
        facts.canPush = json.at("permissions", "push")?.bool
        facts.hasMoved = name.description.lowercased() != slug.description.lowercased()
        currentName.withLock { $0 = name }
        return (facts, answer)
    }
}

/// A forge that tells of its pull requests in one list.
protocol ListingForge: Forge {
    var connection: ForgeConnection { get }

    /// Every open pull request, through all pages.
    func openPullRequests() throws(ForgeError) -> [PullRequest]
}

extension ListingForge {
    package var credentialSource: String? { connection.credentialSource }

    package func openProposals() throws(ForgeError) -> [PullRequest] {
        try openPullRequests().filter { !$0.isFromFork && AgentBranch.isOne($0.head) }
    }

    package func openPullRequests(markedFor task: String) throws(ForgeError) -> [PullRequest] {
        try openPullRequests().filter { !$0.isFromFork && $0.marker?.task == task }
    }
}

/// A forge whose repositories have an owner and a name, and whose API is shaped like GitHub's.
protocol NamedForge: ListingForge {
    var repository: NamedRepository { get }
}

extension NamedForge {
    var connection: ForgeConnection { repository.connection }

    package func repositoryKey() throws(ForgeError) -> String? { try repository.slug().description }

    func url(_ segments: String..., query: [(String, String)] = []) throws(ForgeError) -> String {
        try repository.url(segments, query: query)
    }

    func change(_ number: Int, _ fields: [JSON.Member]) throws(ForgeError) {
        guard !fields.isEmpty else { return }
        let target = try url("pulls", String(number))
        _ = try connection.send(
            ForgeCall("update pull request #\(number)", .patch, target, .object(fields)).repeatable)
    }

    /// Adds labels, as the forge names them.
    func label(_ number: Int, _ labels: JSON) throws(ForgeError) {
        let target = try url("issues", String(number), "labels")
        _ = try connection.send(
            ForgeCall("label pull request #\(number)", .post, target, ["labels": labels]).repeatable)
    }
}

extension PullRequestUpdate {
    /// Title and text as a forge takes them where a draft is a mark before the title.
    func fields(of existing: PullRequest, draftMark: String, body name: String) -> [JSON.Member] {
        var fields: [JSON.Member] = []
        let isDraft = isDraft ?? existing.isDraft
        if title != nil || isDraft != existing.isDraft {
            fields.append(JSON.Member("title", .string((isDraft ? draftMark : "") + (title ?? existing.title))))
        }
        if let body { fields.append(JSON.Member(name, .string(body))) }
        return fields
    }
}
