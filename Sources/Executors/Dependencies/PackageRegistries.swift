internal import Basics
internal import Manifests
internal import Processes

/// The versions that a registry has of a package.
struct VersionListing {
    var versions: [String]
    /// The one that the registry itself recommends.
    var recommended: String?
    /// Whether the client tells of the newest version alone.
    var isOnlyNewest = false
    var client = ""

    /// The newest stable version that a wish allows; never one before the current.
    func newest(_ wish: VersionWish, from current: String, of title: String) throws(ExecutorError) -> String {
        let kept = VersionOrder.numbers(current).prefix(wish.keptNumbers)
        let fitting = versions.filter { version in
            VersionOrder.isStable(version) && VersionOrder.numbers(version).starts(with: kept)
        }
        var newest = fitting.max { VersionOrder.compare($0, $1) < 0 }
        if wish == .latest, let recommended { newest = recommended }
        guard let newest else {
            let words = kept.map(String.init).joined(separator: ".")
            throw ExecutorError(
                "dependencies",
                "\(client) tells of no stable version of '\(title)'"
                    + (kept.isEmpty ? "" : " that begins with \(words)"),
                causes: isOnlyNewest
                    ? ["it tells only of the newest, which is \(versions.joined(separator: ", "))"] : [],
                hint: "name the version exactly")
        }
        return !current.isEmpty && VersionOrder.compare(newest, current) < 0 ? current : newest
    }
}

/// Asks the clients of the ecosystems, as far as they are installed and the network is open.
struct PackageRegistries {
    private let executor: String
    private let job: Job

    init(_ executor: String, _ job: Job) { (self.executor, self.job) = (executor, job) }

    func listing(
        of name: String, in ecosystem: Ecosystem, at location: String?, for wish: VersionWish
    ) throws(ExecutorError) -> VersionListing {
        let subject = "\(wish.rawValue) of '\(name)'"
        switch ecosystem {
        case .swift, .preCommit:
            var listing = VersionListing(versions: try tags(of: location ?? name, subject).map(\.name))
            listing.client = "git"
            return listing
        case .maven, .docker, .tool:
            throw ExecutorError(
                executor,
                "\(subject) cannot be looked up: no client tells the versions of '\(ecosystem.rawValue)'",
                hint: "name the version exactly")
        default: break
        }
        guard !(ecosystem == .go && !name.contains(".")) else {
            throw ExecutorError(
                executor, "\(subject) cannot be looked up: it is no module", hint: "name the version exactly")
        }
        try checkName(name, subject)
        let tools = try tools(for: subject, client: PackageClient.name(of: ecosystem))
        var installed: PackageClient?
        for client in PackageClient.all(of: ecosystem) where installed == nil {
            if try tools.isInstalled(client.command[0]) { installed = client }
        }
        guard let client = installed else { throw missing(PackageClient.name(of: ecosystem), subject) }
        let outcome = try tools.run(client.command + client.arguments(name), environment: client.environment)
        let output = outcome.output.text
        guard outcome.succeeded, var listing = client.read(output, name) else {
            throw failed(client.command[0], subject, outcome)
        }
        listing.client = client.command[0]
        return listing
    }

    /// A tag of a repository, and the commit that it stands for.
    struct Tag: Hashable {
        let name: String
        let commit: String
    }

    func tags(of location: String, _ subject: String) throws(ExecutorError) -> [Tag] {
        let url = location.contains("://") || location.contains("@") ? location : "https://github.com/\(location)"
        let isSound = ["https://", "http://", "ssh://", "git@"].contains { url.hasPrefix($0) }
        guard isSound, !location.hasPrefix("-"), location.contains("/"),
            url.utf8.allSatisfy({ $0.isNameByte || ".:/@~+".utf8.contains($0) })
        else {
            throw ExecutorError(
                executor,
                "\(subject) cannot be looked up: '\(location.prefix(200))' is no address of a repository",
                hint: "name the version exactly")
        }
        let tools = try tools(for: subject, client: "git")
        guard try tools.isInstalled("git") else { throw missing("git", subject) }
        let outcome = try tools.run(
            ["git", "ls-remote", "--tags", url],
            environment: ["GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:ssh"])
        guard outcome.succeeded else { throw failed("git", subject, outcome) }
        return Self.tags(in: outcome.output.text)
    }

    /// An annotated tag is followed by the commit it was made for, with `^{}` behind its name.
    private static func tags(in output: String) -> [Tag] {
        var commits: [String: String] = [:]
        var order: [String] = []
        for line in output.split(separator: "\n") {
            let words = line.split(separator: "\t")
            guard words.count == 2, words[1].hasPrefix("refs/tags/"), words[0].utf8.count >= 40 else { continue }
            let name = words[1].dropFirst("refs/tags/".count)
            let plain = name.hasSuffix("^{}") ? String(name.dropLast(3)) : String(name)
            if commits[plain] == nil { order.append(plain) }
            if commits[plain] == nil || name.hasSuffix("^{}") { commits[plain] = String(words[0]) }
        }
        return order.compactMap { name in commits[name].map { Tag(name: name, commit: $0) } }
    }

    // MARK: Failures

    private func tools(for subject: String, client: String) throws(ExecutorError) -> FencedTools {
        guard let programs = job.programs else {
            throw ExecutorError(
                executor,
                "\(subject) cannot be looked up: '\(client)' needs a checkout to run in, and there is none",
                hint: "name the version exactly")
        }
        guard programs.opensNetwork else {
            throw ExecutorError(
                executor,
                "\(subject) cannot be looked up: '\(client)' needs the network, which the policy keeps closed",
                hint: "name the version exactly, or open the network for this task in the policy")
        }
        return FencedTools(executor, programs)
    }

    private func missing(_ client: String, _ subject: String) -> ExecutorError {
        ExecutorError(
            executor, "\(subject) cannot be looked up: '\(client)' is not installed",
            hint: "install it where tasks run, or name the version exactly")
    }

    private func failed(_ client: String, _ subject: String, _ outcome: ProcessOutcome) -> ExecutorError {
        let said = outcome.errors.isEmpty ? outcome.output : outcome.errors
        return ExecutorError(
            executor,
            "\(subject) cannot be looked up: '\(client)' \(outcome.succeeded ? "gave no versions" : "failed (\(outcome.ending))")",
            causes: said.lastLines(10), hint: "is the network reachable, and the name right?")
    }

    private func checkName(_ name: String, _ subject: String) throws(ExecutorError) {
        let isSound =
            !name.hasPrefix("-") && name.utf8.allSatisfy { $0.isNameByte || "@/.~".utf8.contains($0) }
        guard isSound, name.utf8.count <= 214 else {
            throw ExecutorError(executor, "\(subject) cannot be looked up: that is no name of a package")
        }
    }
}

/// A program that tells the versions of a package.
struct PackageClient {
    let command: [String]
    var environment: [String: String] = [:]
    let arguments: (String) -> [String]
    /// `nil` for an answer that says nothing of the package.
    let read: (String, String) -> VersionListing?

    static func name(of ecosystem: Ecosystem) -> String { all(of: ecosystem).first?.command[0] ?? "git" }

    static func all(of ecosystem: Ecosystem) -> [PackageClient] {
        switch ecosystem {
        case .pypi: return [["pip"], ["pip3"], ["python3", "-m", "pip"]].map(pip)
        case .npm:
            return [
                PackageClient(
                    command: ["npm"], arguments: { ["view", $0, "versions", "dist-tags", "--json"] }, read: npm)
            ]
        case .cargo:
            return [
                PackageClient(command: ["cargo"], arguments: { ["search", "--limit", "20", $0] }, read: cargo)
            ]
        case .go:
            return [
                PackageClient(
                    command: ["go"], environment: ["GOFLAGS": "-mod=mod"],
                    arguments: { ["list", "-m", "-versions", $0] },
                    read: { output, _ in listing(output.split(whereSeparator: \.isWhitespace).dropFirst()) })
            ]
        case .gem:
            return [
                PackageClient(
                    command: ["gem"], arguments: { ["list", "--remote", "--exact", "--all", $0] }, read: gem)
            ]
        default: return []
        }
    }

    private static func listing(_ versions: some Sequence<Substring>) -> VersionListing? {
        let texts = versions.map { String($0) }.filter { !$0.isEmpty }
        return texts.isEmpty ? nil : VersionListing(versions: texts)
    }

    private static func pip(_ command: [String]) -> PackageClient {
        PackageClient(
            command: command, environment: ["PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"],
            arguments: { ["index", "versions", $0] },
            read: { output, _ in
                let line = output.split(separator: "\n").first { $0.hasPrefix("Available versions:") }
                return line.flatMap { listing($0.dropFirst(19).split { $0 == "," || $0 == " " }) }
            })
    }

    private static func npm(_ output: String, _ name: String) -> VersionListing? {
        guard let answer = try? JSON.parse(output) else { return nil }
        let versions =
            answer["versions"]?.elements?.compactMap(\.string) ?? [answer["versions"]?.string].compactMap { $0 }
        return versions.isEmpty
            ? nil : VersionListing(versions: versions, recommended: answer["dist-tags"]?["latest"]?.string)
    }

    private static func cargo(_ output: String, _ name: String) -> VersionListing? {
        for line in output.split(separator: "\n") {
            let parts = line.split(separator: "\"")
            guard parts.count >= 2, parts[0].hasSuffix(" = "),
                Ecosystem.cargo.normalized(String(parts[0].dropLast(3)))
                    == Ecosystem.cargo.normalized(name)
            else { continue }
            return VersionListing(versions: [String(parts[1])], isOnlyNewest: true)
        }
        return nil
    }

    private static func gem(_ output: String, _ name: String) -> VersionListing? {
        let line = output.split(separator: "\n").first { $0.hasPrefix(name + " (") }
        guard let open = line?.firstIndex(of: "("),
            let inside = line?[open...].dropFirst().prefix(while: { $0 != ")" })
        else { return nil }
        return listing(inside.split(separator: ",").compactMap { $0.split(separator: " ").first })
    }
}
