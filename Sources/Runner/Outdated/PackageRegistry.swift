internal import Basics
internal import HTTP
internal import Manifests
internal import Model

/// Asks the registry of an ecosystem over its JSON interface which versions a package has.
///
/// The host follows from the ecosystem, or from this machine's configuration; nothing of a repository decides it, no
/// redirect is followed, and no credentials are sent.
struct PackageRegistry: Sendable {
    private static let hosts: [Ecosystem: String] = [
        .pypi: "https://pypi.org", .npm: "https://registry.npmjs.org", .cargo: "https://crates.io",
        .go: "https://proxy.golang.org", .gem: "https://rubygems.org", .maven: "https://search.maven.org",
    ]
    private static let longestAnswer = 32 << 20
    private static let mostVersions = 20_000

    private let client: HTTPClient
    private let addresses: [String: String]
    private let cancellation: Cancellation

    init(_ context: Context, _ machine: MachineConfiguration) {
        client = HTTPClient(
            userAgent: "leviathan (dependency updates)",
            retry: RetryPolicy(attempts: 2, statuses: [502, 503, 504], maxWait: .zero),
            proxies: ProxySettings(environment: context.environment),
            caBundle: context.environment["SSL_CERT_FILE"])
        (addresses, cancellation) = (machine.registries, context.cancellation)
    }

    /// What a registry says of a package.
    struct Versions: Sendable {
        var all: [String] = []
        /// The one that the registry itself recommends.
        var recommended: String?

        /// The newest stable version; `nil` where there is none.
        var newest: String? {
            if let recommended, VersionOrder.isStable(recommended) { return recommended }
            return all.filter(VersionOrder.isStable).max { VersionOrder.compare($0, $1) < 0 }
        }
    }

    /// Why nobody can tell, in words that go behind the package's name.
    struct Failure: Error {
        let reason: String
        /// Whether the registry was asked and did not answer as it should.
        let isTrouble: Bool
    }

    func versions(of name: String, in ecosystem: Ecosystem) throws(Failure) -> Versions {
        guard let host = addresses[ecosystem.rawValue] ?? Self.hosts[ecosystem] else {
            throw Failure(reason: "no registry is asked for \(ecosystem.rawValue)", isTrouble: false)
        }
        guard isSafe(host) else {
            throw Failure(
                reason: "config.yaml names '\(host)' for \(ecosystem.rawValue), and only https is asked",
                isTrouble: true)
        }
        guard Self.isName(name), let path = Self.path(to: name, in: ecosystem) else {
            throw Failure(reason: "that is no name the registry could have", isTrouble: false)
        }
        let answer = try ask((host.hasSuffix("/") ? String(host.dropLast()) : host) + path, ecosystem)
        guard let found = Self.read(answer, ecosystem), !found.all.isEmpty, found.all.count <= Self.mostVersions
        else {
            throw Failure(reason: "the registry's answer tells of no versions", isTrouble: true)
        }
        return found
    }

    private func ask(_ url: String, _ ecosystem: Ecosystem) throws(Failure) -> [UInt8] {
        var request = HTTPRequest(.get, url)
        if ecosystem == .npm { request.headers = ["Accept": "application/vnd.npm.install-v1+json"] }
        (request.maxResponseBytes, request.followRedirects) = (Self.longestAnswer, 0)
        request.timeouts = HTTPTimeouts(connect: .seconds(10), total: .seconds(60), idle: .seconds(20))
        let response: HTTPResponse
        do throws(HTTPError) { response = try client.send(request, cancellation: cancellation) } catch {
            throw Failure(reason: "the registry cannot be asked: \(error.description)", isTrouble: true)
        }
        switch response.status {
        case 200: return response.body
        case 404, 410: throw Failure(reason: "the registry does not know it", isTrouble: false)
        default: throw Failure(reason: "the registry answered with status \(response.status)", isTrouble: true)
        }
    }

    /// Over plain HTTP only this machine is asked.
    private func isSafe(_ url: String) -> Bool {
        url.hasPrefix("https://")
            || ["http://127.0.0.1:", "http://localhost:", "http://[::1]:"].contains { url.hasPrefix($0) }
    }

    // MARK: Names and places

    private static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 214 && !name.hasPrefix("-") && !name.hasPrefix("/")
            && !name.contains("..")
            && name.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-_.@/~:".utf8.contains(byte)
            }
    }

    private static func path(to name: String, in ecosystem: Ecosystem) -> String? {
        let isPlain = !name.contains("/") && !name.contains(":")
        switch ecosystem {
        case .pypi: return isPlain ? "/pypi/\(ecosystem.normalized(name))/json" : nil
        case .npm:
            let parts = name.split(separator: "/")
            guard !name.contains(":"), parts.count == (name.hasPrefix("@") ? 2 : 1) else { return nil }
            return "/" + parts.joined(separator: "%2f")
        case .cargo: return isPlain ? "/api/v1/crates/\(name)" : nil
        case .gem: return isPlain ? "/api/v1/versions/\(name).json" : nil
        case .go:
            // Capital letters are written so that no file system takes two names for one.
            let escaped = name.map { $0.isUppercase ? "!" + $0.lowercased() : String($0) }.joined()
            return name.contains(".") && !name.contains(":") ? "/\(escaped)/@v/list" : nil
        case .maven:
            let parts = name.split(separator: ":")
            guard parts.count == 2, !name.contains("/") else { return nil }
            return "/solrsearch/select?q=g:%22\(parts[0])%22+AND+a:%22\(parts[1])%22&core=gav&rows=200&wt=json"
        case .swift, .docker, .preCommit, .tool: return nil
        }
    }

    // MARK: Answers

    private static func read(_ body: [UInt8], _ ecosystem: Ecosystem) -> Versions? {
        if ecosystem == .go {
            let words = String(decoding: body, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            return Versions(all: words.map(String.init))
        }
        guard let answer = try? JSON.parse(body) else { return nil }
        switch ecosystem {
        case .pypi:
            let releases = answer["releases"]?.members ?? []
            return Versions(all: releases.filter { isOffered($0.value) }.map(\.name))
        case .npm:
            let versions = answer["versions"]?.members ?? []
            return Versions(
                all: versions.filter { $0.value["deprecated"] == nil }.map(\.name),
                recommended: answer["dist-tags"]?["latest"]?.string)
        case .cargo:
            let versions = answer["versions"]?.elements ?? []
            return Versions(all: versions.filter { $0["yanked"] != true }.compactMap { $0["num"]?.string })
        case .gem:
            let versions = answer.elements ?? []
            return Versions(all: versions.filter { $0["prerelease"] != true }.compactMap { $0["number"]?.string })
        case .maven:
            return Versions(all: (answer["response"]?["docs"]?.elements ?? []).compactMap { $0["v"]?.string })
        default: return nil
        }
    }

    /// Whether a release of PyPI has a file that was not taken back.
    private static func isOffered(_ files: JSON) -> Bool {
        files.elements?.contains { $0["yanked"] != true } == true
    }
}
