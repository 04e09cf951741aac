internal import CPostgres
package import Secrets

/// Where a database is and who may use it: a secret, of which only host and name are ever shown.
package struct PostgresURL: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let text: Secret

    /// A URL such as `postgresql://user:password@host/database`, or libpq's `host=… dbname=…`.
    package init(_ text: String) { self.text = Secret(text) }

    package init(_ text: Secret) { self.text = text }

    package var description: String { "***" }
    package var debugDescription: String { "***" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Where it is, without who may use it, for people to read.
    package func place() throws(PostgresError) -> String {
        PostgresSettings.place(try settings(try PostgresLibrary.load(PostgresLibrary.systemName)))
    }

    /// What it says, by the names of libpq.
    func settings(_ library: PostgresLibrary) throws(PostgresError) -> [String: String] {
        let parsed = text.reveal { cpostgres_parse(library.functions, $0) }
        guard let parsed else {
            throw PostgresError(
                .invalidURL, "use the database's connection URL",
                ["libpq does not understand it; it is not shown, since it may hold a password"])
        }
        defer { cpostgres_parse_free(library.functions, parsed) }
        var settings: [String: String] = [:]
        var option = parsed
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { settings[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        return settings
    }
}

enum PostgresSettings {
    static func place(_ settings: [String: String]) -> String {
        let host = settings["host"] ?? settings["hostaddr"] ?? "local"
        let port = settings["port"].map { ":" + $0 } ?? ""
        return "\(host)\(port)/\(settings["dbname"] ?? settings["user"] ?? "")"
    }
}
