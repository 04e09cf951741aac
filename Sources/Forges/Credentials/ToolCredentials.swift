internal import Basics
internal import Secrets

/// The tokens that the `gh` and `glab` programs keep in their files.
package struct ToolCredentials: CredentialSource {
    private static let longestFile = 256 << 10

    private let environment: [String: String]

    package init(_ environment: [String: String]) { self.environment = environment }

    package var name: String { "gh and glab" }

    package func provider(for request: CredentialRequest) throws(ForgeError) -> (any CredentialProvider)? {
        guard let (path, tool) = file(request.kind), let text = try read(path, tool) else { return nil }
        let tree = IndentedText(text)
        // glab puts its hosts below a name of their own.
        let place = request.kind == .gitlab ? ["hosts", request.host] : [request.host]
        guard tree.has(place) else { return nil }
        let token =
            tree.value(place + [request.kind == .gitlab ? "token" : "oauth_token"]) ?? activeUser(tree, place)
        guard let token, !token.isEmpty else {
            // What the tool keeps in the system's keyring only the tool can get.
            return nil
        }
        return FixedCredential(try ForgeCredential(Secret(token), source: "\(tool)'s configuration"))
    }

    /// Newer versions of `gh` keep a token for each user.
    private func activeUser(_ tree: IndentedText, _ place: [String]) -> String? {
        guard let user = tree.value(place + ["user"]) else { return nil }
        return tree.value(place + ["users", user, "oauth_token"])
    }

    private func file(_ kind: ForgeKind) -> (path: String, tool: String)? {
        let configuration = directory("XDG_CONFIG_HOME") ?? directory("HOME").map { $0 + "/.config" }
        switch kind {
        case .github:
            let own = directory("GH_CONFIG_DIR") ?? configuration.map { $0 + "/gh" }
            return own.map { ($0 + "/hosts.yml", "gh") }
        case .gitlab:
            let own = directory("GLAB_CONFIG_DIR") ?? configuration.map { $0 + "/glab-cli" }
            return own.map { ($0 + "/config.yml", "glab") }
        default: return nil
        }
    }

    private func directory(_ variable: String) -> String? {
        environment[variable].flatMap { $0.hasPrefix("/") ? $0 : nil }
    }

    private func read(_ path: String, _ tool: String) throws(ForgeError) -> String? {
        do throws(FileError) {
            return String(decoding: try FileSystem.read(path, limit: Self.longestFile), as: UTF8.self)
        } catch {
            if error.isNotFound { return nil }
            throw ForgeError(.credentials, "read \(tool)'s configuration", host: "", details: [error.description])
        }
    }
}

/// Names and values by indentation: the little of YAML that such files use.
///
/// What is written in any other way (anchors, flow collections, several lines) is not found, rather than guessed.
struct IndentedText {
    private var values: [[String]: String] = [:]

    init(_ text: String) {
        var path: [(indent: Int, name: String)] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let indent = line.prefix { $0 == " " }.count
            let content = line.dropFirst(indent)
            guard let first = content.first, first != "#", first != "-", first != "\t",
                let (name, value) = Self.split(content)
            else { continue }
            while let last = path.last, last.indent >= indent { path.removeLast() }
            path.append((indent, name))
            values[path.map(\.name)] = value
        }
    }

    func has(_ path: [String]) -> Bool { values[path] != nil }

    func value(_ path: [String]) -> String? { values[path] }

    /// `name: value`, either of which may be quoted; a host's name may hold a colon before its port.
    private static func split(_ content: Substring) -> (String, String)? {
        let end =
            content.firstRange(of: ": ")?.lowerBound
            ?? (content.hasSuffix(":") ? content.index(before: content.endIndex) : nil)
        guard let end, let name = plain(content.prefix(upTo: end)) else { return nil }
        return plain(content.suffix(from: content.index(after: end))).map { (name, $0) }
    }

    private static func plain(_ text: Substring) -> String? {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        if let tag = text.firstRange(of: "!!null"), tag.lowerBound == text.startIndex {
            text = text[tag.upperBound...].drop { $0 == " " }
        }
        for quote in ["\"", "'"] where text.hasPrefix(quote) {
            guard text.count >= 2, text.hasSuffix(quote) else { return nil }
            let inside = text.dropFirst().dropLast()
            return inside.contains(quote) || inside.contains("\\") ? nil : String(inside)
        }
        guard let first = text.first else { return "" }
        if "&*{[|>!%@`".contains(first) { return nil }
        return String(text.firstRange(of: " #").map { text[..<$0.lowerBound] } ?? text)
    }
}
