package import Basics
internal import CPostgres
internal import Glibc

/// One connection to a database server, made when it is first used and made anew when it was lost.
///
/// Statements are on their way at once: `send` waits for nothing, and `ask` and `settle` for everything before.
package final class PostgresConnection {
    package struct Options: Sendable {
        package var connectTimeout = Duration.seconds(10)
        /// How long a lock of somebody else is waited for.
        package var lockTimeout = Duration.seconds(10)
        /// How long one answer may take; a server that is silent for longer counts as lost.
        package var answerTimeout = Duration.seconds(300)
        package var cancellation = Cancellation()
        package var libraryName = "libpq.so.5"

        package init() {}
    }

    private let url: PostgresURL
    let options: Options
    private var library: PostgresLibrary?
    private var handle: OpaquePointer?
    /// Statements that the server keeps prepared, by their text.
    private var prepared: [String: String] = [:]
    private var number = 0
    /// What is on its way: the text of each statement, and of those that prepare one the text that is prepared.
    private var underway: [(sql: String, isPreparation: Bool)] = []
    private static let mostUnderway = 1000
    /// Whether a transaction was begun and has not ended; what is lost within one is not made anew.
    package private(set) var isInTransaction = false

    package init(_ url: PostgresURL, options: Options = Options()) { (self.url, self.options) = (url, options) }

    deinit { close() }

    /// Where it leads to, for people to read.
    package var place: String {
        guard let library, let settings = try? url.settings(library) else { return "the database" }
        return PostgresSettings.place(settings)
    }

    package func close() {
        if let library, let handle { cpostgres_finish(library.functions, handle) }
        (handle, isInTransaction) = (nil, false)
        prepared.removeAll()
        underway.removeAll()
    }

    // MARK: Statements

    /// Sends a statement whose answer holds nothing; what is wrong with it is said by the next `ask` or `settle`.
    package func send(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresError) {
        if underway.count >= Self.mostUnderway { try settle() }
        let (library, handle) = try connected()
        let name = try name(of: sql, library, handle)
        let isSent = Self.lend(values) { count, values, lengths, formats in
            cpostgres_send_prepared(library.functions, handle, name, count, values, lengths, formats)
        }
        guard isSent else { throw lost("send a statement", sql) }
        underway.append((sql, false))
    }

    /// Sends a statement that is not likely to come again.
    package func sendOnce(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresError) {
        let (library, handle) = try connected()
        let isSent = Self.lend(values) { count, values, lengths, formats in
            cpostgres_send(library.functions, handle, sql, count, values, lengths, formats)
        }
        guard isSent else { throw lost("send a statement", sql) }
        underway.append((sql, false))
    }

    /// The answer to a statement, when everything before it is answered as well.
    package func ask(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresError) -> PostgresAnswer {
        try send(sql, values)
        return try answer(sql)
    }

    /// The answers to several statements that are on their way at once.
    package func ask(_ several: [(sql: String, values: [PostgresValue])]) throws(PostgresError) -> [PostgresAnswer]
    {
        for one in several { try send(one.sql, one.values) }
        return try finish(last: several.count)
    }

    package func askOnce(_ sql: String, _ values: [PostgresValue] = []) throws(PostgresError) -> PostgresAnswer {
        try sendOnce(sql, values)
        return try answer(sql)
    }

    private func answer(_ sql: String) throws(PostgresError) -> PostgresAnswer {
        guard let answer = try finish(last: 1).first else {
            throw PostgresError(.other, "read an answer", ["in: \(sql)"])
        }
        return answer
    }

    /// Waits until everything that was sent is done.
    package func settle() throws(PostgresError) { if !underway.isEmpty { _ = try finish(last: 0) } }

    private func name(
        of sql: String, _ library: PostgresLibrary, _ handle: OpaquePointer
    ) throws(PostgresError) -> String {
        if let known = prepared[sql] { return known }
        number += 1
        let name = "leviathan_\(number)"
        guard cpostgres_prepare(library.functions, handle, name, sql) else {
            throw lost("prepare a statement", sql)
        }
        underway.append((sql, true))
        prepared[sql] = name
        return name
    }

    private static func lend(
        _ values: [PostgresValue],
        _ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) ->
            Bool
    ) -> Bool {
        // One buffer for all; text ends with a zero, which its length does not count.
        var (bytes, places): ([UInt8], [Int?]) = ([], [])
        var (lengths, formats): ([Int32], [Int32]) = ([], [])
        for value in values {
            let encoded = value.encoded
            places.append(encoded == nil ? nil : bytes.count)
            lengths.append(Int32(clamping: encoded?.count ?? 0))
            formats.append(value.format)
            if let encoded { bytes += encoded + [0] }
        }
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = places.map { place in place.flatMap { offset in start.map { $0 + offset } } }
            return body(Int32(values.count), pointers, lengths, formats)
        }
    }

    // MARK: Transactions

    /// Runs `body` between `begin` and COMMIT, and takes everything back when it throws.
    package func transaction<Result, Failure: Error>(
        _ begin: String = "BEGIN ISOLATION LEVEL READ COMMITTED", converting convert: (PostgresError) -> Failure,
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        do throws(PostgresError) {
            try settle()
            closeIfEnded()
            try send(begin)
        } catch { throw convert(error) }
        isInTransaction = true
        let result: Result
        do throws(Failure) { result = try body() } catch {
            rollback()
            throw error
        }
        do throws(PostgresError) {
            try send("COMMIT")
            try settle()
            isInTransaction = false
        } catch {
            rollback()
            throw convert(error)
        }
        return result
    }

    /// A server that was restarted since the last answer is met anew, rather than with a connection that it ended.
    private func closeIfEnded() {
        guard let library, let handle, underway.isEmpty, !isInTransaction else { return }
        let socket = cpostgres_socket(library.functions, handle)
        guard PostgresWait.isReadable(socket) else { return }
        // Its last words come first, and then the end, which may be a moment behind them.
        for _ in 0..<3 {
            guard cpostgres_consume(library.functions, handle) else { return close() }
            guard PostgresWait.isReadable(socket, within: 50) else { return }
        }
    }

    /// A connection that cannot even do that is closed, by which the server takes everything back as well.
    private func rollback() {
        defer { isInTransaction = false }
        guard handle != nil else { return }
        do throws(PostgresError) {
            if !underway.isEmpty { _ = try? finish(last: 0) }
            try send("ROLLBACK")
            try settle()
        } catch { close() }
    }

    // MARK: The wire

    private func connected() throws(PostgresError) -> (PostgresLibrary, OpaquePointer) {
        if let library, let handle { return (library, handle) }
        guard !isInTransaction else {
            throw PostgresError(.connectionLost, "go on with a transaction", ["its connection was lost"])
        }
        let library = try PostgresLibrary.load(options.libraryName)
        let handle = try PostgresOpening(library, options).open(url)
        (self.library, self.handle) = (library, handle)
        return (library, handle)
    }

    /// Reads the answers to everything that is under way; returns those to so many of the last statements.
    private func finish(last wanted: Int) throws(PostgresError) -> [PostgresAnswer] {
        let (library, handle) = try connected()
        guard cpostgres_sync(library.functions, handle) else { throw lost("send statements") }
        let sent = underway
        let limit = Deadline(after: options.answerTimeout, cancellation: options.cancellation)
        var (index, answers): (Int, [PostgresAnswer]) = (0, [])
        // Those that are preceded by their preparation do not count it.
        let statements = sent.indices.filter { !sent[$0].isPreparation }.suffix(wanted)
        let first = wanted == 0 ? sent.count : statements.first ?? sent.count
        var failure: PostgresError?
        reading: while true {
            guard let result = try next(library, handle, limit) else {
                index += 1
                guard index <= sent.count else { throw lost("read an answer") }
                continue
            }
            let answer = PostgresAnswer(library, result)
            switch cpostgres_status(library.functions, result) {
            case PGRES_PIPELINE_SYNC: break reading
            case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
                if index >= first, !sent[index].isPreparation { answers.append(answer) }
            case PGRES_PIPELINE_ABORTED: break
            default:
                let sql = index < sent.count ? sent[index].sql : ""
                failure = failure ?? problem(library, handle, result, sql)
            }
            if failure?.isLoss == true { break }
        }
        underway.removeAll(keepingCapacity: true)
        guard let failure else { return answers }
        for statement in sent where statement.isPreparation { prepared[statement.sql] = nil }
        if failure.isLoss { lose() }
        throw failure
    }

    /// The next result; `nil` behind the last one of a statement.
    private func next(
        _ library: PostgresLibrary, _ handle: OpaquePointer, _ limit: Deadline
    ) throws(PostgresError) -> OpaquePointer? {
        while true {
            let left = cpostgres_flush(library.functions, handle)
            guard left >= 0 else { throw lost("send statements") }
            guard left > 0 || cpostgres_is_busy(library.functions, handle) else { break }
            let socket = cpostgres_socket(library.functions, handle)
            switch PostgresWait.wait(for: socket, writing: left > 0, limit) {
            case .ready: break
            case .ended(let end): throw giveUp(library, handle, end)
            }
            guard cpostgres_consume(library.functions, handle) else { throw lost("read an answer") }
        }
        return cpostgres_result(library.functions, handle)
    }

    private func giveUp(
        _ library: PostgresLibrary, _ handle: OpaquePointer, _ end: Deadline.End
    ) -> PostgresError {
        cpostgres_cancel(library.functions, handle)
        lose()
        switch end {
        case .cancelled: return PostgresError(.cancelled, "wait for the database server", ["it was interrupted"])
        case .passed(let time):
            return PostgresError(
                .timedOut, "wait for the database server", ["there was no answer for \(DurationText.text(time))"])
        }
    }

    private func problem(
        _ library: PostgresLibrary, _ handle: OpaquePointer, _ result: OpaquePointer, _ sql: String
    ) -> PostgresError {
        func field(_ letter: Character) -> String? {
            cpostgres_field(library.functions, result, Int32(letter.asciiValue ?? 0)).map { String(cString: $0) }
        }
        guard let state = field("C") else { return loss("read an answer", library, handle) }
        let causes = field("M") ?? "it does not say why"
        var error = PostgresError(state: state, "use the database \(place)", causes)
        // A connection that the server ended is gone, whatever the last word was.
        if error.isLoss == false, !cpostgres_is_good(library.functions, handle) {
            error = PostgresError(.connectionLost, error.operation, error.causes, state: state)
        }
        return error.kind == .other
            ? PostgresError(.other, error.operation, error.causes + ["in: \(sql)"], state: state) : error
    }

    private func loss(
        _ operation: String, _ library: PostgresLibrary, _ handle: OpaquePointer
    ) -> PostgresError {
        let reason = String(cString: cpostgres_error(library.functions, handle))
        return PostgresError(.connectionLost, operation, [PostgresOpening.line(reason, url, library)])
    }

    private func lost(_ operation: String, _ sql: String = "") -> PostgresError {
        guard let library, let handle else { return PostgresError(.connectionLost, operation) }
        let error = loss(operation, library, handle)
        lose()
        return error
    }

    /// The connection is gone, and the transaction with it: nothing more may be done in its name.
    private func lose() {
        let wasInTransaction = isInTransaction
        close()
        isInTransaction = wasInTransaction
    }
}
