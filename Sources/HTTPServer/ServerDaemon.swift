internal import Basics
internal import CMicroHTTPD
internal import Glibc
internal import HTTP
internal import Synchronization

/// One epoll thread of the library's with its connections; a server with another certificate is another one.
final class ServerDaemon: Sendable {
    private let library: MicroHTTPDLibrary
    private let service: any ServerService
    private let pool: WorkerPool
    private let writer: ResponseWriter
    let connections: ServerConnections
    let streams = Mutex<[ServerStream]>([])
    private let isDraining = Atomic(false)
    private let lastLine = Mutex("")
    private let handle = Mutex<Handle?>(nil)

    private struct Handle: @unchecked Sendable { let daemon: OpaquePointer }

    init(_ library: MicroHTTPDLibrary, _ service: any ServerService, _ pool: WorkerPool, patience: Duration) {
        (self.library, self.service, self.pool) = (library, service, pool)
        writer = ResponseWriter(library: library)
        connections = ServerConnections(patience: patience)
    }

    /// Begins to accept; the socket is the daemon's from now on.
    func start(_ listener: Int32, _ settings: ServerSettings, _ tls: TLSFiles.Content?) throws(ServerError) {
        var callbacks = cmhd_callbacks()
        callbacks.access = accessed
        callbacks.completed = completed
        callbacks.connection = connected
        callbacks.target = named
        callbacks.log = logged
        // The library calls as long as the daemon runs; `stop` gives this back.
        let context = Unmanaged.passRetained(self)
        callbacks.context = context.toOpaque()
        let started = Self.withText(tls?.key) { key in
            Self.withText(tls?.certificate) { certificate in
                var values = cmhd_settings()
                (values.listener, values.key, values.certificate) = (listener, key, certificate)
                values.connection_memory = settings.connectionMemory
                values.connections = UInt32(settings.connections)
                values.connections_per_address = UInt32(settings.connectionsPerAddress)
                values.timeout_seconds = UInt32(settings.patience.milliseconds / 1000)
                return cmhd_start(library.functions, &values, &callbacks)
            }
        }
        guard let started else {
            context.release()
            throw .notStarted(reason: lastLine.withLock { $0 })
        }
        handle.withLock { $0 = Handle(daemon: started) }
    }

    private static func withText<Result>(_ bytes: [UInt8]?, _ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        guard let bytes else { return body(nil) }
        return (bytes + [0]).withUnsafeBytes { body($0.baseAddress!.assumingMemoryBound(to: CChar.self)) }
    }

    // MARK: The end

    /// Accepts nothing more; returns the listening socket.
    func quiesce() -> Int32 {
        isDraining.store(true, ordering: .releasing)
        for stream in streams.withLock({ $0 }) { stream.end() }
        return handle.withLock { handle in handle.map { cmhd_quiesce(library.functions, $0.daemon) } ?? -1 }
    }

    /// Whether nothing is under way any more.
    var isIdle: Bool { connections.activeRequests == 0 }

    /// Ends the thread and its connections; only when it is idle, as a connection that sleeps cannot be ended.
    func stop() {
        guard let handle = handle.withLock({ $0.take() }) else { return }
        cmhd_stop(library.functions, handle.daemon)
        Unmanaged.passUnretained(self).release()
    }

    func sendHeartbeats() {
        let open = streams.withLock { streams in
            streams.removeAll { !$0.isOpen }
            return streams
        }
        for stream in open where !stream.heartbeat.isEmpty { stream.send(stream.heartbeat) }
    }

    // MARK: What the library tells

    fileprivate func began(_ connection: OpaquePointer) {
        var text = [CChar](repeating: 0, count: 64)
        _ = cmhd_peer(library.functions, connection, &text, text.count)
        connections.began(
            connection, socket: cmhd_socket(library.functions, connection), peer: MicroHTTPDLibrary.text(text))
    }

    fileprivate func log(_ line: String) { lastLine.withLock { $0 = line.trimmed } }

    /// The first call for a request: its head is there.
    fileprivate func begin(
        _ connection: OpaquePointer, method: UnsafePointer<CChar>, version: UnsafePointer<CChar>
    ) -> ServerExchange? {
        guard let (target, peer) = connections.begin(connection) else { return nil }
        var fields: [HTTPHeaders.Field] = []
        withUnsafeMutablePointer(to: &fields) { cmhd_headers(library.functions, connection, gather, $0) }
        let check = RequestCheck(
            method: String(cString: method), version: String(cString: version), fields: fields)
        let text = String(decoding: target.bytes, as: UTF8.self)
        do throws(RequestCheck.Refusal) {
            let (path, query) = try check.checked(text)
            let request = ServerRequest(
                check.method, path, query: query, headers: HTTPHeaders(fields), peer: peer)
            let end = target.start + target.bytes.count
            guard cmhd_has_whole_lines(library.functions, connection, method, target.start, end, version) else {
                throw RequestCheck.Refusal(
                    400, "a line of the head does not end with CR LF, or goes on in the next")
            }
            return admit(request, connection)
        } catch {
            let request = ServerRequest(check.method, text, peer: peer)
            return refuse(request, connection, error.status, error.reason)
        }
    }

    private func refuse(
        _ request: ServerRequest, _ connection: OpaquePointer, _ status: Int, _ reason: String
    ) -> ServerExchange {
        var response = service.refusal(status, reason)
        response.closes = true
        return ServerExchange(request, connection, answer: response)
    }

    private func admit(_ request: ServerRequest, _ connection: OpaquePointer) -> ServerExchange {
        switch service.admit(request) {
        case .answered(var response):
            // What is left of the body is not read to be thrown away.
            if request.announcedLength > 0 { response.closes = true }
            return ServerExchange(request, connection, answer: response)
        case .admitted(let limit, let answer):
            guard request.announcedLength <= limit else {
                return refuse(request, connection, 413, "the body is longer than \(SizeText.text(limit))")
            }
            connections.expect(connection, bytes: request.announcedLength)
            return ServerExchange(request, connection, bodyLimit: limit, answering: answer)
        }
    }

    /// Sends the answer where there is one; `nil` where there is none yet.
    fileprivate func send(_ exchange: ServerExchange) -> Bool? {
        guard let response = exchange.takeAnswer() else { return nil }
        switch response.body {
        case .bytes(let bytes): connections.expect(exchange.connection, bytes: bytes.count)
        case .file(_, let count): connections.expect(exchange.connection, bytes: count)
        case .stream(let stream):
            connections.expect(exchange.connection, bytes: nil)
            streams.withLock { $0.append(stream) }
            if isDraining.load(ordering: .acquiring) { stream.end() }
        }
        return writer.queue(
            response, closing: isDraining.load(ordering: .acquiring), on: exchange.connection)
    }

    /// The request is whole: a worker answers it, and the connection sleeps until then.
    fileprivate func handOver(_ exchange: ServerExchange) -> Bool {
        connections.expect(exchange.connection, bytes: nil)
        exchange.work()
        cmhd_suspend(library.functions, exchange.connection)
        let isTaken = pool.run { [self] in
            exchange.answer(exchange.answering(exchange.request))
            cmhd_resume(library.functions, exchange.connection)
        }
        if !isTaken {
            var response = service.refusal(503, "too many requests wait already")
            response.headers["Retry-After"] = "1"
            exchange.answer(response)
            cmhd_resume(library.functions, exchange.connection)
        }
        return true
    }

    fileprivate func end(_ exchange: ServerExchange, isComplete: Bool) {
        let (status, notes) = exchange.ending
        service.ended(
            exchange.request, status: status, notes: notes, after: MonotonicTime.now - exchange.began,
            isComplete: isComplete)
        connections.finish(exchange.connection)
    }
}

// MARK: - Functions that the library calls

private func daemon(_ context: UnsafeMutableRawPointer) -> ServerDaemon {
    Unmanaged<ServerDaemon>.fromOpaque(context).takeUnretainedValue()
}

private func named(
    _ context: UnsafeMutableRawPointer?, _ target: UnsafePointer<CChar>?, _ connection: OpaquePointer?
) -> UnsafeMutableRawPointer? {
    guard let context, let target, let connection else { return nil }
    let bytes = Array(UnsafeRawBufferPointer(start: target, count: strlen(target)))
    daemon(context).connections.name(ServerConnections.Target(bytes: bytes, start: target), for: connection)
    return nil
}

private func connected(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_ConnectionNotificationCode
) {
    guard let context, let connection else { return }
    if code == .CONNECTION_NOTIFY_STARTED {
        daemon(context).began(connection)
    } else {
        daemon(context).connections.ended(connection)
    }
}

private func accessed(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ url: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ upload: UnsafePointer<CChar>?,
    _ uploadSize: UnsafeMutablePointer<Int>?, _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let context, let connection, let method, let version, let uploadSize, let slot else { return .NO }
    let daemon = daemon(context)
    guard let raw = slot.pointee else {
        guard let exchange = daemon.begin(connection, method: method, version: version) else { return .NO }
        slot.pointee = Unmanaged.passRetained(exchange).toOpaque()
        // An answer in the first call ends the connection: one that leaves it open waits for the second.
        return exchange.endsConnection ? (daemon.send(exchange) ?? true ? .YES : .NO) : .YES
    }
    let exchange = Unmanaged<ServerExchange>.fromOpaque(raw).takeUnretainedValue()
    if uploadSize.pointee > 0 {
        let isTaken = exchange.take(UnsafeRawBufferPointer(start: upload, count: uploadSize.pointee))
        uploadSize.pointee = 0
        return isTaken ? .YES : .NO
    }
    if let isQueued = daemon.send(exchange) { return isQueued ? .YES : .NO }
    return !exchange.isReceiving || daemon.handOver(exchange) ? .YES : .NO
}

private func completed(
    _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ code: MHD_RequestTerminationCode
) {
    guard let context, let slot, let raw = slot.pointee else { return }
    slot.pointee = nil
    let exchange = Unmanaged<ServerExchange>.fromOpaque(raw).takeRetainedValue()
    daemon(context).end(exchange, isComplete: code == .REQUEST_TERMINATED_COMPLETED_OK)
}

private func logged(_ context: UnsafeMutableRawPointer?, _ line: UnsafePointer<CChar>?) {
    guard let context, let line else { return }
    daemon(context).log(String(cString: line))
}

private func gather(
    _ context: UnsafeMutableRawPointer?, _ kind: MHD_ValueKind, _ name: UnsafePointer<CChar>?, _ nameSize: Int,
    _ value: UnsafePointer<CChar>?, _ valueSize: Int
) -> MHD_Result {
    guard let context, let name else { return .NO }
    func text(_ pointer: UnsafePointer<CChar>, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: pointer, count: count), as: UTF8.self)
    }
    let held = value.map { text($0, valueSize) } ?? ""
    context.assumingMemoryBound(to: [HTTPHeaders.Field].self).pointee.append(
        HTTPHeaders.Field(text(name, nameSize), held.trimmed))
    return .YES
}
