package import Basics
package import PostgreSQL

/// Where a home's journal is; decided here alone, for every command.
package enum JournalLocation: Sendable {
    /// The file in the home.
    case file(String)
    /// A database that many homes may share.
    case postgres(PostgresURL)

    /// `LEVIATHAN_BACKEND` names the kind; without it the journal is the home's file.
    package init(_ environment: [String: String], home: String) throws(JournalError) {
        let names = ["LEVIATHAN_BACKEND", "LEVIATHAN_CONTROL_PLANE_BACKEND"]
        let name = names.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "sqlite"
        switch name.lowercased() {
        case "sqlite": self = .file(home + "/journal.db")
        case "postgres", "postgresql":
            guard let url = Self.url(environment) else {
                throw .location(
                    "LEVIATHAN_BACKEND is '\(name)', and no LEVIATHAN_POSTGRES_URL says where the database is",
                    hint: "set it to postgresql://USER:PASSWORD@HOST/DATABASE")
            }
            self = .postgres(url)
        case "ndjson":
            throw .location(
                "LEVIATHAN_BACKEND is 'ndjson': journals are not kept in such files any more",
                hint: "unset it, and take the file over with 'leviathan journal migrate FILE'")
        default:
            throw .location(
                "LEVIATHAN_BACKEND is '\(name)', which is no kind of journal",
                hint: "sqlite and postgres are known")
        }
    }

    /// The database that the environment names, whether it is the one in use or not.
    package static func url(_ environment: [String: String]) -> PostgresURL? {
        environment["LEVIATHAN_POSTGRES_URL"].flatMap { $0.isEmpty ? nil : PostgresURL($0) }
    }

    /// A lease among all processes that use the journal, by its number; `nil` where one home has it for itself.
    package func lease(_ number: Int) -> PostgresLease? {
        if case .postgres(let url) = self { PostgresLease(url, number: number) } else { nil }
    }

    /// What all processes that serve the journal have in common; in a home of its own that is one process.
    package func sharedEntries(patience: Duration) -> any SharedEntries {
        if case .postgres(let url) = self {
            PostgresSharedEntries(url, patience: patience)
        } else {
            MemorySharedEntries()
        }
    }

    /// How a journal is opened.
    package struct Opening {
        let home: String
        let failpoints: Failpoints
        let patience: Duration
        let onWait: @Sendable () -> Void

        package init(
            home: String, failpoints: Failpoints, patience: Duration, onWait: @escaping @Sendable () -> Void
        ) {
            (self.home, self.failpoints, self.patience, self.onWait) = (home, failpoints, patience, onWait)
        }
    }

    /// The journal, to write into it; made when it is not there.
    package func open(_ opening: Opening) throws(JournalError) -> Journal {
        switch self {
        case .file(let path):
            try Journal(
                at: path, failpoints: opening.failpoints, patience: opening.patience, onWait: opening.onWait)
        case .postgres(let url):
            try Journal(
                in: url, home: opening.home, failpoints: opening.failpoints, patience: opening.patience,
                onWait: opening.onWait)
        }
    }

    /// The journal, to read it; `nil` when nothing was ever written, and nothing is made.
    package func read(_ opening: Opening) throws(JournalError) -> Journal? {
        switch self {
        case .file(let path):
            try Journal(reading: path, patience: opening.patience, onWait: opening.onWait)
        case .postgres(let url):
            try Journal.isIn(url) ? try open(opening) : nil
        }
    }

    /// The same, to write into it.
    package func openExisting(_ opening: Opening) throws(JournalError) -> Journal? {
        guard case .file(let path) = self else { return try read(opening) }
        return FileSystem.exists(path) ? try open(opening) : nil
    }
}
