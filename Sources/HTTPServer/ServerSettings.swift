internal import Basics

/// Where a server listens, and what it bounds.
package struct ServerSettings: Sendable {
    package var host: String
    /// 0 takes a free one.
    package var port: Int
    package var tls: TLSFiles?
    /// Connections at once, and from one address; 0 of the latter is no bound.
    package var connections = 12_000
    package var connectionsPerAddress = 0
    /// How long a request's head may take, and how long a connection may be idle.
    package var patience = Duration.seconds(30)
    /// Threads for handlers that wait, and how many requests may wait for one.
    package var workers = 8
    package var waitingRequests = 512
    /// How often a stream is sent its heartbeat.
    package var heartbeat = Duration.seconds(15)
    /// What the library keeps for each connection: a head of 8 KiB, its fields, and the head of the answer.
    var connectionMemory = 12 << 10

    package init(host: String, port: Int) { (self.host, self.port) = (host, port) }
}

/// A certificate with its chain, and its key, as PEM files.
package struct TLSFiles: Sendable, Hashable {
    package let certificate: String
    package let key: String

    package init(certificate: String, key: String) { (self.certificate, self.key) = (certificate, key) }

    struct Content: Sendable {
        let certificate: [UInt8]
        let key: [UInt8]
    }

    func read() throws(ServerError) -> Content {
        do throws(FileError) {
            return Content(
                certificate: try FileSystem.read(certificate, limit: 1 << 20),
                key: try FileSystem.read(key, limit: 1 << 20))
        } catch { throw .file(error) }
    }
}
