internal import Basics
internal import Glibc
internal import Synchronization

/// Serves HTTP/1.1: one thread for all connections, and a bounded number of threads for handlers that may wait.
package final class HTTPServer: Sendable {
    private struct State {
        var current: ServerDaemon
        /// Daemons with an older certificate, whose connections come to their end.
        var retired: [ServerDaemon] = []
        var listener: Int32
        var isEnded = false
    }

    private let library: MicroHTTPDLibrary
    private let settings: ServerSettings
    private let service: any ServerService
    private let pool: WorkerPool
    private let state: Mutex<State>
    private let ending = Cancellation()
    /// Where it listens, with the port that it took.
    package let port: Int

    package init(_ settings: ServerSettings, _ service: any ServerService) throws(ServerError) {
        (self.settings, self.service) = (settings, service)
        library = try MicroHTTPDLibrary.load()
        if settings.tls != nil, !library.supportsTLS { throw .noTLS(version: library.version) }
        let tls = try settings.tls.map { files throws(ServerError) in try files.read() }
        let socket = try ListeningSocket(host: settings.host, port: settings.port)
        pool = WorkerPool(threads: settings.workers, capacity: settings.waitingRequests)
        let daemon = ServerDaemon(library, service, pool, patience: settings.patience)
        do throws(ServerError) { try daemon.start(dup(socket.descriptor), settings, tls) } catch {
            close(socket.descriptor)
            pool.end(threads: settings.workers)
            throw error
        }
        port = socket.port
        state = Mutex(State(current: daemon, listener: socket.descriptor))
        Workers.inBackground { [self] in tick() }
    }

    package var isSecure: Bool { settings.tls != nil }

    /// Connections that stand.
    package var connectionCount: Int {
        state.withLock { ([$0.current] + $0.retired).reduce(0) { $0 + $1.connections.count } }
    }

    /// Whether an address can be reached from this machine alone.
    package static func isLoopback(_ host: String) -> Bool { ListeningSocket.isLoopback(host) }

    /// Reads certificate and key again; what is wrong with them changes nothing.
    ///
    /// New connections get the new certificate. Those that stand come to their end; streams end, and their clients
    /// come again.
    package func reloadCertificate() throws(ServerError) {
        guard let files = settings.tls else { return }
        let content = try files.read()
        let next = ServerDaemon(library, service, pool, patience: settings.patience)
        let listener = state.withLock { $0.isEnded ? -1 : dup($0.listener) }
        guard listener >= 0 else { return }
        do throws(ServerError) { try next.start(listener, settings, content) } catch {
            close(listener)
            throw error
        }
        let former = state.withLock { state in
            let former = state.current
            state.current = next
            state.retired.append(former)
            return former
        }
        Self.closeListener(of: former)
    }

    private static func closeListener(of daemon: ServerDaemon) {
        let descriptor = daemon.quiesce()
        if descriptor >= 0 { close(descriptor) }
    }

    /// Accepts nothing more, lets what runs come to its end, and ends; `false` when it was not all over in time.
    @discardableResult
    package func drain(within patience: Duration) -> Bool {
        let daemons = state.withLock { state -> [ServerDaemon] in
            guard !state.isEnded else { return [] }
            state.isEnded = true
            close(state.listener)
            return [state.current] + state.retired
        }
        for daemon in daemons { Self.closeListener(of: daemon) }
        let deadline = MonotonicTime.now + patience
        while daemons.contains(where: { !$0.isIdle }), MonotonicTime.now < deadline { usleep(2000) }
        ending.cancel()
        let idle = daemons.filter(\.isIdle)
        for daemon in idle { daemon.stop() }
        pool.end(threads: settings.workers)
        return idle.count == daemons.count
    }

    // MARK: Every second

    private func tick() {
        var wake = pollfd(fd: ending.descriptor, events: Int16(POLLIN), revents: 0)
        var beaten = MonotonicTime.now
        while poll(&wake, 1, Int32(min(settings.heartbeat.milliseconds, 1000))) == 0 {
            let now = MonotonicTime.now
            let daemons = state.withLock { [$0.current] + $0.retired }
            for daemon in daemons { daemon.connections.endLate(at: now) }
            if beaten + settings.heartbeat < now {
                for daemon in daemons { daemon.sendHeartbeats() }
                beaten = now
            }
            stopRetired()
        }
    }

    private func stopRetired() {
        let idle = state.withLock { state -> [ServerDaemon] in
            guard !state.isEnded else { return [] }
            let idle = state.retired.filter(\.isIdle)
            state.retired.removeAll { daemon in idle.contains { $0 === daemon } }
            return idle
        }
        for daemon in idle { daemon.stop() }
    }
}
