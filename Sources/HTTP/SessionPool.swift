internal import Synchronization

/// The sessions of one client, lent to one request at a time so that their connections are used again.
final class SessionPool: Sendable {
    private static let mostKept = 8

    private let libraryNames: [String]
    private let idle = Mutex<[CurlSession]>([])

    init(libraryNames: [String]) { self.libraryNames = libraryNames }

    func withSession<Result>(
        _ body: (CurlSession) throws(HTTPFailure) -> Result
    ) throws(HTTPFailure) -> Result {
        let session: CurlSession
        if let kept = idle.withLock({ $0.popLast() }) {
            session = kept
        } else {
            session = try CurlSession(CurlLibrary.load(libraryNames))
        }
        defer { idle.withLock { if $0.count < Self.mostKept { $0.append(session) } } }
        return try body(session)
    }
}
