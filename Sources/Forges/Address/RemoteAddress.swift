internal import Basics
internal import HTTP

/// Where a git remote is, in any of the forms that git takes; a user name or password in it is never kept.
package struct RemoteAddress: Hashable, Sendable {
    package enum Transport: String, Sendable { case https, http, ssh, git, file }

    package let transport: Transport
    /// Lower-case; empty for a path on this machine.
    package let host: String
    /// `nil` where the transport's own port serves.
    package let port: Int?
    /// The path's components, the last without `.git`.
    package let path: [String]

    /// Names under which a forge answers ssh where the usual port is closed.
    private static let aliases = ["ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"]

    /// `nil` for what can be no address of a remote.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= 4096,
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
        else { return nil }
        if let mark = text.firstRange(of: "://") {
            self.init(scheme: text[..<mark.lowerBound].lowercased(), rest: text[mark.upperBound...])
        } else if let colon = Self.copyColon(in: text) {
            self.init(.ssh, authority: text[..<colon], path: text[text.index(after: colon)...])
        } else {
            self.init(.file, authority: "", path: text[...])
        }
    }

    private init?(scheme: String, rest: Substring) {
        let transport: Transport? =
            switch scheme {
            case "ssh", "git+ssh", "ssh+git": .ssh
            default: Transport(rawValue: scheme)
            }
        guard let transport else { return nil }
        let authority = transport == .file ? "" : rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard transport == .file || !authority.isEmpty else { return nil }
        self.init(transport, authority: authority, path: rest.dropFirst(authority.count))
    }

    private init?(_ transport: Transport, authority: Substring, path: Substring) {
        let place = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        guard let (host, port) = Self.split(place), transport == .file || !host.isEmpty else { return nil }
        (self.transport, self.host) = (transport, Self.aliases[host] ?? host)
        self.port = port == Self.usualPort(transport) || Self.aliases[host] != nil ? nil : port
        let isURL = transport != .file
        var parts: [String] = []
        for part in path.prefix(while: { !isURL || ($0 != "?" && $0 != "#") }).split(separator: "/") {
            guard let decoded = isURL ? PercentEncoding.decode(part) : String(part) else { return nil }
            guard decoded != "..", !decoded.unicodeScalars.contains(where: { $0.value < 0x20 }) else { return nil }
            if decoded != "." { parts.append(decoded) }
        }
        if let last = parts.last, last.hasSuffix(".git"), last != ".git" { parts[parts.count - 1].removeLast(4) }
        guard !parts.isEmpty || transport == .file else { return nil }
        self.path = parts
    }

    /// The colon of `user@host:path`; a slash before it makes the text a path.
    private static func copyColon(in text: String) -> String.Index? {
        let start = text.firstIndex(of: "]").map { text.index(after: $0) } ?? text.startIndex
        guard let colon = text[start...].firstIndex(of: ":"), colon != text.startIndex,
            !text[..<colon].contains("/")
        else { return nil }
        return colon
    }

    private static func split(_ place: Substring) -> (host: String, port: Int?)? {
        let end = place.firstIndex(of: "]").map { place.index(after: $0) } ?? place.startIndex
        guard let colon = place[end...].lastIndex(of: ":") else { return (place.lowercased(), nil) }
        let digits = place[place.index(after: colon)...]
        let host = place[..<colon].lowercased()
        if digits.isEmpty { return (host, nil) }
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(digits),
            (1...65535).contains(port)
        else { return nil }
        return (host, port)
    }

    private static func usualPort(_ transport: Transport) -> Int? {
        switch transport {
        case .https: 443
        case .http: 80
        case .ssh: 22
        case .git: 9418
        case .file: nil
        }
    }

    /// The host, with its port where that is not the usual one.
    package var authority: String { port.map { "\(host):\($0)" } ?? host }
}

/// A repository's name on a forge.
package struct RepositorySlug: Hashable, Sendable, CustomStringConvertible {
    /// A user, an organisation, or a group with its subgroups.
    package let owner: String
    package let name: String

    package init(owner: String, name: String) { (self.owner, self.name) = (owner, name) }

    /// Reads `owner/name`, or `group/subgroup/name`.
    package init?(_ path: String) { self.init(path.split(separator: "/").map(String.init)) }

    init?(_ path: [String]) {
        guard path.count >= 2, let name = path.last, path.allSatisfy({ $0 != "." && $0 != ".." && !$0.isEmpty })
        else { return nil }
        self.init(owner: path.dropLast().joined(separator: "/"), name: name)
    }

    package var description: String { owner.isEmpty ? name : "\(owner)/\(name)" }
}
