package import Basics
package import PostgreSQL
internal import Synchronization

/// Entries in the database of the journal, where every process that uses it finds them.
///
/// The journal makes the table.
package final class PostgresSharedEntries: SharedEntries {
    /// Only ever in the hands of one thread.
    private struct Handle: @unchecked Sendable { let connection: PostgresConnection }

    private static let most = 8
    private static let columns = "kind, key, owner, value, used"

    private let url: PostgresURL
    private let options: PostgresConnection.Options
    private let idle = Mutex<[Handle]>([])

    package init(_ url: PostgresURL, patience: Duration = Journal.defaultPatience) {
        self.url = url
        var options = PostgresConnection.Options()
        (options.connectTimeout, options.lockTimeout) = (patience, patience)
        options.answerTimeout = max(patience, .seconds(10))
        self.options = options
    }

    // MARK: Entries

    package func add(_ entry: SharedEntry) throws(JournalError) -> Bool {
        let sql = """
            INSERT INTO shared_entry (\(Self.columns)) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, key) DO NOTHING
            """
        return try ask(sql, Self.values(entry)) { $0.changes } == 1
    }

    package func put(_ entry: SharedEntry) throws(JournalError) {
        let sql = """
            INSERT INTO shared_entry (\(Self.columns)) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (kind, key)
            DO UPDATE SET owner = excluded.owner, value = excluded.value, used = excluded.used
            """
        try ask(sql, Self.values(entry)) { _ in }
    }

    package func replace(_ old: SharedEntry, with entry: SharedEntry) throws(JournalError) -> Bool {
        let sql = """
            UPDATE shared_entry SET owner = $3, value = $4, used = $5
            WHERE kind = $1 AND key = $2 AND owner = $6 AND used = $7
            """
        let seen: [PostgresValue] = [
            .text(PostgresText.encoded(old.owner)), .integer(Int(old.used.microsecondsSinceEpoch)),
        ]
        return try ask(sql, Self.values(entry) + seen) { $0.changes } == 1
    }

    package func entry(_ kind: SharedEntry.Kind, _ key: String) throws(JournalError) -> SharedEntry? {
        let sql = "SELECT \(Self.columns) FROM shared_entry WHERE kind = $1 AND key = $2"
        return try ask(sql, Self.values(kind, key), Self.entries).first
    }

    package func entries(_ kind: SharedEntry.Kind, of owner: String) throws(JournalError) -> [SharedEntry] {
        let sql = "SELECT \(Self.columns) FROM shared_entry WHERE kind = $1 AND owner = $2 ORDER BY used, key"
        return try ask(sql, Self.values(kind, owner), Self.entries)
    }

    package func take(_ kind: SharedEntry.Kind, _ key: String) throws(JournalError) -> SharedEntry? {
        let sql = "DELETE FROM shared_entry WHERE kind = $1 AND key = $2 RETURNING \(Self.columns)"
        return try ask(sql, Self.values(kind, key), Self.entries).first
    }

    package func takeAll(_ kind: SharedEntry.Kind, of owner: String) throws(JournalError) -> [SharedEntry] {
        let sql = "DELETE FROM shared_entry WHERE kind = $1 AND owner = $2 RETURNING \(Self.columns)"
        return try ask(sql, Self.values(kind, owner), Self.entries).sorted {
            ($0.used, $0.key) < ($1.used, $1.key)
        }
    }

    package func touch(_ kind: SharedEntry.Kind, _ key: String, at now: Instant) throws(JournalError) {
        let sql = "UPDATE shared_entry SET used = $3 WHERE kind = $1 AND key = $2"
        try ask(sql, Self.values(kind, key) + [.integer(Int(now.microsecondsSinceEpoch))]) { _ in }
    }

    package func trim(_ kind: SharedEntry.Kind, to most: Int, usedSince first: Instant) throws(JournalError) {
        let sql = """
            DELETE FROM shared_entry WHERE kind = $1 AND (used < $2 OR used < (SELECT used FROM shared_entry
            WHERE kind = $1 ORDER BY used DESC OFFSET $3 LIMIT 1))
            """
        let kept = PostgresValue.integer(max(0, most - 1))
        try ask(sql, [.text(kind.rawValue), .integer(Int(first.microsecondsSinceEpoch)), kept]) { _ in }
    }

    // MARK: The wire

    private static func values(_ entry: SharedEntry) -> [PostgresValue] {
        values(entry.kind, entry.key) + [
            .text(PostgresText.encoded(entry.owner)), .text(PostgresText.encoded(entry.value.text())),
            .integer(Int(entry.used.microsecondsSinceEpoch)),
        ]
    }

    private static func values(_ kind: SharedEntry.Kind, _ key: String) -> [PostgresValue] {
        [.text(kind.rawValue), .text(PostgresText.encoded(key))]
    }

    /// A row that cannot be read is none: nobody is let in by it.
    private static func entries(_ answer: PostgresAnswer) -> [SharedEntry] {
        var entries: [SharedEntry] = []
        for index in 0..<answer.count {
            let row = JournalRow.postgres(answer[index])
            guard let kind = SharedEntry.Kind(rawValue: row.text(0) ?? ""), let key = row.text(1),
                let value = row.text(3).flatMap({ try? JSON.parse(Array($0.utf8)) })
            else { continue }
            entries.append(
                SharedEntry(
                    kind, key, owner: row.text(2) ?? "", value,
                    used: Instant(microsecondsSinceEpoch: Int64(row.integer(4)))))
        }
        return entries
    }

    /// One statement is one transaction; one that met the end of a connection is sent once more over another.
    private func ask<Result>(
        _ sql: String, _ values: [PostgresValue], _ read: (PostgresAnswer) -> Result
    ) throws(JournalError) -> Result {
        do throws(PostgresError) {
            do throws(PostgresError) { return read(try asked(sql, values)) } catch {
                guard error.isLoss else { throw error }
                idle.withLock { $0 = [] }
                return read(try asked(sql, values))
            }
        } catch { throw .server(error) }
    }

    private func asked(_ sql: String, _ values: [PostgresValue]) throws(PostgresError) -> PostgresAnswer {
        let handle =
            idle.withLock { $0.popLast() } ?? Handle(connection: PostgresConnection(url, options: options))
        let answer = try handle.connection.ask(sql, values)
        idle.withLock { if $0.count < Self.most { $0.append(handle) } }
        return answer
    }
}
