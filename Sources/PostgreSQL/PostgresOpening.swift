internal import Basics
internal import CPostgres
internal import Glibc

/// Makes a connection within its time.
struct PostgresOpening {
    private let library: PostgresLibrary
    private let options: PostgresConnection.Options

    init(_ library: PostgresLibrary, _ options: PostgresConnection.Options) {
        (self.library, self.options) = (library, options)
    }

    func open(_ url: PostgresURL) throws(PostgresError) -> OpaquePointer {
        var settings = try url.settings(library)
        let place = PostgresSettings.place(settings)
        settings["client_encoding"] = "UTF8"
        settings["application_name"] = settings["application_name"] ?? "leviathan"
        // A peer that is gone without a word is noticed.
        settings["keepalives_idle"] = settings["keepalives_idle"] ?? "30"
        settings["tcp_user_timeout"] = settings["tcp_user_timeout"] ?? "60000"
        settings["options"] = [settings["options"], sessionOptions].compactMap(\.self).joined(separator: " ")
        guard let handle = begin(settings) else {
            throw PostgresError(.cannotConnect, "connect to the database \(place)", ["there is no memory"])
        }
        do throws(PostgresError) {
            try finish(handle, place, url)
            return handle
        } catch {
            cpostgres_finish(library.functions, handle)
            throw error
        }
    }

    /// What every session begins with: bounds on waiting, and commits that are on the disk.
    private var sessionOptions: String {
        let lock = max(1, Int(options.lockTimeout.milliseconds))
        return "-c lock_timeout=\(lock) -c client_min_messages=warning -c standard_conforming_strings=on"
            + " -c idle_in_transaction_session_timeout=120000 -c synchronous_commit=on -c DateStyle=ISO"
    }

    private func begin(_ settings: [String: String]) -> OpaquePointer? {
        let words = settings.sorted { $0.key < $1.key }.flatMap { [strdup($0.key), strdup($0.value)] }
        defer { for word in words { free(word) } }
        let names = stride(from: 0, to: words.count, by: 2).map { UnsafePointer(words[$0]) } + [nil]
        let values = stride(from: 1, to: words.count, by: 2).map { UnsafePointer(words[$0]) } + [nil]
        return cpostgres_connect(library.functions, names, values)
    }

    private func finish(_ handle: OpaquePointer, _ place: String, _ url: PostgresURL) throws(PostgresError) {
        let operation = "connect to the database \(place)"
        let limit = Deadline(after: options.connectTimeout, cancellation: options.cancellation)
        var writes = true
        while true {
            // The socket may be another one each time: several addresses are tried.
            let socket = cpostgres_socket(library.functions, handle)
            if socket >= 0,
                case .ended(let end) = PostgresWait.wait(for: socket, writing: writes, only: true, limit)
            {
                switch end {
                case .cancelled: throw PostgresError(.cancelled, operation, ["it was interrupted"])
                case .passed(let time):
                    throw PostgresError(
                        .cannotConnect, operation, ["there was no answer for \(DurationText.text(time))"])
                }
            }
            switch cpostgres_connect_poll(library.functions, handle) {
            case PGRES_POLLING_OK:
                guard cpostgres_begin_pipeline(library.functions, handle) else {
                    throw PostgresError(.cannotConnect, operation, ["it cannot send several statements at once"])
                }
                return
            case PGRES_POLLING_READING: writes = false
            case PGRES_POLLING_WRITING: writes = true
            default:
                let reason = String(cString: cpostgres_error(library.functions, handle))
                throw PostgresError(Self.kind(of: reason), operation, [Self.line(reason, url, library)])
            }
        }
    }

    /// The server's refusals come as text alone here.
    private static func kind(of reason: String) -> PostgresError.Kind {
        func says(_ words: String...) -> Bool { words.contains { reason.contains($0) } }
        if says("authentication failed", "pg_hba.conf", "no password supplied") { return .refused }
        guard says("does not exist") else { return .cannotConnect }
        return says("database \"") ? .noDatabase : says("role \"") ? .refused : .cannotConnect
    }

    /// What libpq says, as one line, in which no password is.
    static func line(_ text: String, _ url: PostgresURL, _ library: PostgresLibrary) -> String {
        let lines = text.split(separator: "\n").map { String($0.drop { $0 == "\t" }) }
        let line = lines.joined(separator: "; ")
        // libpq shows none by itself; this keeps it so whatever it comes to say.
        guard let password = (try? url.settings(library))?["password"], !password.isEmpty else { return line }
        return line.replacing(password, with: "***")
    }
}

/// Waits for a socket, a deadline or a cancellation.
enum PostgresWait {
    enum End {
        case ready
        case ended(Deadline.End)
    }

    /// Whether something was sent here, or the connection ended.
    static func isReadable(_ socket: Int32, within milliseconds: Int32 = 0) -> Bool {
        var source = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&source, 1, milliseconds) > 0
    }

    /// `only`: for writing alone, where it is for writing.
    static func wait(for socket: Int32, writing: Bool, only: Bool = false, _ limit: Deadline) -> End {
        let events = writing ? (only ? POLLOUT : POLLIN | POLLOUT) : POLLIN
        while true {
            if let end = limit.reached { return .ended(end) }
            var sources = [
                pollfd(fd: socket, events: Int16(events), revents: 0),
                pollfd(fd: limit.cancellation.descriptor, events: Int16(POLLIN), revents: 0),
            ]
            // The deadline is looked at again after a moment, without the arithmetic of what is left.
            let count = poll(&sources, nfds_t(sources.count), 250)
            if count > 0, sources[0].revents != 0 { return .ready }
        }
    }
}
