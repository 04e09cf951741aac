package import Basics
package import Secrets

/// The GitHub Apps that were registered from this home, one directory for each host; secrets are files of their own that
/// only this user can read.
package struct GitHubAppFiles: Sendable {
    private static let facts = "app.json"
    private static let key = "private-key.pem"
    private static let webhookSecret = "webhook-secret"
    private static let clientSecret = "client-secret"
    private static let sizeLimit = 64 << 10

    private let root: String

    package init(home: String) { root = home + "/github-apps" }

    /// What is known of an app beside its secrets.
    package struct App: Hashable, Sendable {
        package let host: String
        package let id: Int
        package let name: String
        package let owner: String
        package let url: String
        package let registeredAt: String
        package let registeredBy: String

        /// Where somebody lets it into repositories.
        package var installation: String { url + "/installations/new" }

        package var json: JSON {
            [
                "host": .string(host), "id": .integer(id), "name": .string(name), "owner": .string(owner),
                "url": .string(url), "install_url": .string(installation), "registered_at": .string(registeredAt),
                "registered_by": .string(registeredBy),
            ]
        }

        fileprivate init?(_ json: JSON, host: String) {
            guard let id = json["id"]?.integer, let url = json["url"]?.string else { return nil }
            (self.host, self.id, self.url) = (host, id, url)
            (name, owner) = (json["name"]?.string ?? "", json["owner"]?.string ?? "")
            (registeredAt, registeredBy) = (
                json["registered_at"]?.string ?? "", json["registered_by"]?.string ?? ""
            )
        }
    }

    /// Hosts are names with dots and perhaps a port; nothing else becomes a directory.
    private func directory(_ host: String) throws(FileError) -> String {
        let isHost = host.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || ".-:[]".utf8.contains(byte)
        }
        guard isHost, !host.isEmpty, host.utf8.count <= 253, !host.hasPrefix(".") else {
            throw FileError("keep a GitHub App of", host, SystemError.invalid)
        }
        return root + "/" + host
    }

    /// Every app, by host; what cannot be read is told of where it is needed.
    package func all() throws(FileError) -> [App] {
        guard FileSystem.isDirectory(root) else { return [] }
        var found: [App] = []
        for host in try FileSystem.list(root).sorted() { if let app = try app(host) { found.append(app) } }
        return found
    }

    package func app(_ host: String) throws(FileError) -> App? {
        let path = try directory(host) + "/" + Self.facts
        guard FileSystem.exists(path) else { return nil }
        let bytes = try FileSystem.read(path, limit: Self.sizeLimit)
        return (try? JSON.parse(bytes)).flatMap { App($0, host: host) }
    }

    /// Keeps an app in the place of an earlier one of its host, with who registered it and when.
    ///
    /// What makes it known is written last.
    package func keep(_ app: GitHubAppSecrets, at: Instant, by: String) throws(FileError) -> App? {
        let directory = try directory(app.host)
        try FileSystem.createDirectory(root, permissions: 0o700)
        try FileSystem.createDirectory(directory, permissions: 0o700)
        try FileSystem.removeTree(directory + "/" + Self.facts)
        try write(app.key, directory + "/" + Self.key)
        try write(app.clientSecret, directory + "/" + Self.clientSecret)
        if let secret = app.webhookSecret {
            try write(secret, directory + "/" + Self.webhookSecret)
        } else {
            try FileSystem.removeTree(directory + "/" + Self.webhookSecret)
        }
        let facts: JSON = [
            "id": .integer(app.id), "slug": .string(app.slug), "name": .string(app.name),
            "owner": .string(app.owner), "url": .string(app.url), "client_id": .string(app.clientID),
            "registered_at": .string(at.secondsText), "registered_by": .string(by),
        ]
        try FileSystem.write(
            Array((facts.text(.pretty) + "\n").utf8), to: directory + "/" + Self.facts, permissions: 0o600)
        return try self.app(app.host)
    }

    private func write(_ secret: Secret, _ path: String) throws(FileError) {
        try FileSystem.write(secret.reveal { Array($0.utf8) }, to: path, permissions: 0o600)
    }

    /// What the app of a host signs webhooks with; `nil` where there is none.
    package func webhookSecret(_ host: String) throws(FileError) -> Secret? {
        guard try app(host) != nil else { return nil }
        let path = try directory(host) + "/" + Self.webhookSecret
        guard FileSystem.exists(path) else { return nil }
        return Secret(String(decoding: try FileSystem.read(path, limit: Self.sizeLimit), as: UTF8.self))
    }

    fileprivate func keyPath(_ host: String) throws(FileError) -> String { try directory(host) + "/" + Self.key }
}

/// Serves the app that was registered for a host.
package struct RegisteredGitHubApps: CredentialSource {
    private let files: GitHubAppFiles
    private let surroundings: ForgeEnvironment

    package init(_ files: GitHubAppFiles, surroundings: ForgeEnvironment) {
        (self.files, self.surroundings) = (files, surroundings)
    }

    package var name: String { "a GitHub App that was registered in the console" }

    package func provider(for request: CredentialRequest) throws(ForgeError) -> (any CredentialProvider)? {
        guard request.kind == .github else { return nil }
        let found: (app: GitHubAppFiles.App, key: String)?
        do throws(FileError) {
            found = try files.app(request.host).map { app throws(FileError) in
                (app, try files.keyPath(request.host))
            }
        } catch {
            throw ForgeError(
                .credentials, "use the GitHub App of this home", host: request.host, details: [error.description])
        }
        guard let found else { return nil }
        return try GitHubApp(
            id: String(found.app.id), keyPath: found.key, installation: nil, host: request.host,
            surroundings: surroundings
        ).provider(for: request)
    }
}
