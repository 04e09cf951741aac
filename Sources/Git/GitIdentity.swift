/// Who makes commits, as git finds it: its variables, what is configured for the role, and the user.
package struct GitIdentity: Hashable, Sendable {
    package enum Role: String, Sendable { case author, committer }

    /// What may be configured.
    package static let settings = ["author", "committer", "user"].flatMap { ["\($0).name", "\($0).email"] }

    package let name: String?
    package let email: String?

    /// `configured`: what a setting is in the files of git's configuration.
    package init(_ role: Role, _ environment: [String: String], configured: (String) -> String?) {
        let pairs = Self.pairs(environment)
        func found(_ part: String) -> String? {
            if let fixed = environment["GIT_\(role.rawValue.uppercased())_\(part.uppercased())"] { return fixed }
            for key in ["\(role.rawValue).\(part)", "user.\(part)"] {
                if let value = pairs[key] ?? configured(key) { return value }
            }
            return nil
        }
        (name, email) = (found("name"), found("email") ?? environment["EMAIL"])
    }

    /// Settings of the environment, `GIT_CONFIG_KEY_0` and so on: they come before every file.
    private static func pairs(_ environment: [String: String]) -> [String: String] {
        guard let count = environment["GIT_CONFIG_COUNT"].flatMap({ Int($0) }), count > 0 else { return [:] }
        var pairs: [String: String] = [:]
        for number in 0..<min(count, mostPairs) {
            guard let key = environment["GIT_CONFIG_KEY_\(number)"],
                let value = environment["GIT_CONFIG_VALUE_\(number)"]
            else { continue }
            pairs[key.lowercased()] = value
        }
        return pairs
    }

    private static let mostPairs = 10_000
}
