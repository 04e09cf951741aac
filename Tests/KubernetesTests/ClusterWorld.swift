import Basics
import HTTP
import Secrets
import Synchronization
import TestSupport

@testable import Kubernetes

/// What the client's tests share: a context without anything of this machine, and what a client is told.
enum ClusterWorld {
    static func context(
        _ environment: [String: String] = [:], cancellation: Cancellation = Cancellation(),
        clock: Clock = .system
    ) -> Context {
        Context(
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { $1 }, clock: clock,
            zones: ZoneSource([:]), showsUTC: true, identifiers: .system, cancellation: cancellation,
            observer: .silent)
    }

    static let retry = RetryPolicy(
        attempts: 3, baseDelay: .milliseconds(1), maxDelay: .milliseconds(2), statuses: [429, 500, 502, 503, 504])

    static func client(
        _ server: HTTPTestServer, proof: ClusterProof = .token(Secret("t1")), _ context: Context = context()
    ) throws -> ClusterClient {
        ClusterClient(
            try ClusterAccess(server: server.url, namespace: "leviathan", origin: "test", proof: proof), context,
            retry: retry)
    }

    /// The reason of the error that it ends in; `nil` where it ends in none.
    static func reason(_ body: () throws(ClusterError) -> Void) -> ClusterError.Reason? {
        error(body)?.reason
    }

    static func error(_ body: () throws(ClusterError) -> Void) -> ClusterError? {
        do throws(ClusterError) {
            try body()
            return nil
        } catch { return error }
    }

    static func status(_ code: Int, _ reason: String, _ message: String, name: String? = nil) -> HTTPTestReply {
        let details: JSON = name.map { ["name": .string($0)] } ?? [:]
        let json: JSON = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "message": .string(message),
            "reason": .string(reason), "details": details, "code": .integer(code),
        ]
        return .json(json.text(), status: code)
    }

    static func object(_ name: String, version: Int) -> JSON {
        ["metadata": ["name": .string(name), "resourceVersion": .string("\(version)")]]
    }

    static func event(_ kind: String, _ object: JSON) -> String {
        (["type": .string(kind), "object": object] as JSON).text() + "\n"
    }
}

/// What a watch told, in the order in which it did.
final class ToldNews: Sendable {
    private let told = Mutex<[String]>([])

    func add(_ news: ClusterWatch.News) {
        func name(_ object: JSON) -> String { object["metadata"]?["name"]?.string ?? "?" }
        told.withLock {
            switch news {
            case .all(let objects): $0.append("all " + objects.map(name).sorted().joined(separator: ","))
            case .changed(let object): $0.append("changed " + name(object))
            case .removed(let object): $0.append("removed " + name(object))
            case .lost(let error): $0.append("lost \(error.reason)")
            }
        }
    }

    var all: [String] { told.withLock { $0 } }
}
