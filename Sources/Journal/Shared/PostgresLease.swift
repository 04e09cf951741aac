package import Basics
internal import Glibc
package import PostgreSQL

/// Does something alone among all processes of one database, for as long as a transaction of its own stands there.
///
/// The lock is the transaction's, and ends with its connection, whatever becomes of the process. A lock of the session
/// would stay behind in a front that hands connections on by the transaction. The server ends a transaction that is not
/// heard of for longer than this side takes to notice that it cannot be heard: nobody else begins before this one ended.
package struct PostgresLease: Sendable {
    private static let pause: Int32 = 1000
    private static let answer = Duration.seconds(5)
    private static let silence = "20s"

    private let url: PostgresURL
    private let number: Int

    /// Leases of different numbers have nothing to do with one another.
    package init(_ url: PostgresURL, number: Int) { (self.url, self.number) = (url, number) }

    /// Runs `work` on a thread of its own while nobody else does; false where somebody else has the lease.
    ///
    /// What `work` is given is cancelled once the lease is lost, which `lost` is told.
    package func run(
        _ cancellation: Cancellation, lost: (JournalError) -> Void,
        _ work: @escaping @Sendable (Cancellation) -> Void
    ) throws(JournalError) -> Bool {
        var options = PostgresConnection.Options()
        (options.connectTimeout, options.answerTimeout) = (.seconds(10), Self.answer)
        let connection = PostgresConnection(url, options: options)
        defer { connection.close() }
        var isLost = false
        do throws(JournalError) {
            return try connection.transaction(converting: { JournalError.server($0) }) { () throws(JournalError) in
                guard try take(connection) else { return false }
                let (lead, ended) = (Cancellation(following: cancellation), Cancellation())
                Workers.inBackground {
                    work(lead)
                    ended.cancel()
                }
                keep(connection, until: ended) { error in
                    isLost = true
                    lead.cancel()
                    lost(error)
                }
                return true
            }
        } catch {
            // What cannot be ended in order any more was said already.
            guard isLost else { throw error }
            return true
        }
    }

    private func take(_ connection: PostgresConnection) throws(JournalError) -> Bool {
        do throws(PostgresError) {
            try connection.sendOnce("SET LOCAL idle_in_transaction_session_timeout = '\(Self.silence)'")
            let sql = "SELECT pg_try_advisory_xact_lock(1281717609, $1)"
            return try connection.askOnce(sql, [.integer(number)])[0].integer(0) == 1
        } catch { throw .server(error) }
    }

    /// Asks the server again and again whether the transaction stands, until the work has ended.
    private func keep(_ connection: PostgresConnection, until ended: Cancellation, lost: (JournalError) -> Void) {
        var isHeld = true
        var wake = pollfd(fd: ended.descriptor, events: Int16(POLLIN), revents: 0)
        while !ended.isCancelled {
            guard poll(&wake, 1, isHeld ? Self.pause : -1) == 0 else { continue }
            do throws(PostgresError) { _ = try connection.ask("SELECT 1") } catch {
                isHeld = false
                lost(.server(error))
            }
        }
    }
}
