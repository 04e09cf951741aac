package import Basics
internal import Crypto
internal import Glibc
internal import Journal
package import Runner

/// Brings what the journal of this home has of targets to a control plane, in order, and each event once: the journal is
/// the spool, and a file beside it says how far it was sent.
package final class EventForwarder: Sendable {
    private static let bundle = 100
    private static let pause: Int32 = 500
    /// What only the control plane itself, or a person at it, says.
    private static let own = ["autonomy.", "run.", "breaker.", "target.", "journal.", "key.", "control."]

    private let client: PlaneClient
    private let context: Context
    private let path: String
    private let isOver = Cancellation()

    package init(_ address: PlaneAddress, _ client: PlaneClient, _ context: Context) {
        (self.client, self.context) = (client, context)
        path = context.home + "/sent-\(SHA256.digest(of: address.url).hex.prefix(16)).json"
    }

    /// What was done before the first report is nobody's business: a home that has reported goes on where it stood.
    package func beginHere() throws(StageError) {
        do throws(FileError) {
            guard try FileSystem.status(path) == nil else { return }
            try FileSystem.createDirectory(context.home, permissions: 0o700)
        } catch { throw StageError(.unexpected, error) }
        let journal = try StageError.journal { () throws(JournalError) in try context.readJournal() }
        // Remembered at once: what happens while nobody answers is behind this place.
        guard let journal else { return try remember(0) }
        try remember(try StageError.journal { () throws(JournalError) in try journal.head().sequence })
    }

    /// Sends what there is, until `end`, whatever is in the way meanwhile.
    package func start() {
        Workers.inBackground { [self] in
            while !isOver.isCancelled {
                _ = try? send()
                PlaneClient.wait(Self.pause, isOver)
            }
        }
    }

    /// Sends the rest.
    package func end(patience: Duration) throws(StageError) {
        isOver.cancel()
        var sent: Result<Bool, StageError> = .success(false)
        _ = client.patiently(patience) {
            sent = Result { () throws(StageError) in try send() }
            // Any answer ends the wait; 503 goes on with it.
            return PlaneClient.Answer(status: (try? sent.get()) == false ? 503 : 200, json: .null)
        }
        guard try sent.get() else {
            throw StageError(
                .delivery, "the control plane does not answer: not all of what was done is reported",
                hint: "the journal '\(context.journalPath)' has the rest; it is sent by the next run in this home")
        }
    }

    /// Sends what there is; `false` where nobody answers.
    private func send() throws(StageError) -> Bool {
        let lock: FileLock?
        do throws(FileError) {
            lock = try FileLock.wait(for: path + ".lock", cancellation: context.cancellation)
        } catch {
            throw StageError(.unexpected, error)
        }
        defer { lock?.release() }
        guard let journal = try StageError.journal({ () throws(JournalError) in try context.readJournal() }) else {
            return true
        }
        while true {
            var query = EventQuery()
            (query.after, query.limit) = (try position(), Self.bundle)
            let events = try StageError.journal { () throws(JournalError) in try journal.events(query) }
            guard let last = events.last else { return true }
            for (target, events) in Self.parts(events) {
                guard try send(events, of: target, journal) else { return false }
            }
            try remember(last.sequence)
        }
    }

    /// Events of one target stay together, in their order.
    private static func parts(_ events: [EventRecord]) -> [(String, [EventRecord])] {
        var parts: [(String, [EventRecord])] = []
        for event in events where !own.contains(where: event.type.name.hasPrefix) {
            guard let target = event.subject.target else { continue }
            if parts.last?.0 == target {
                parts[parts.count - 1].1.append(event)
            } else {
                parts.append((target, [event]))
            }
        }
        return parts
    }

    private func send(_ events: [EventRecord], of target: String, _ journal: Journal) throws(StageError) -> Bool {
        for event in events {
            guard case .artifactCreated(let artifact) = event.event else { continue }
            guard try upload(artifact.digest, journal) else { return false }
        }
        let body: JSON = [
            "target": .string(target), "bundle_id": .string(events[0].id),
            "events": .array(
                events.map { event in
                    [
                        "event_id": .string(event.id), "event_type": .string(event.type.name),
                        "timestamp": .string(event.timestamp), "actor_id": .optional(event.actor),
                        "payload": event.payload,
                    ]
                }),
        ]
        guard let answer = client.ask("POST", "/v1/events/ingest", body), !answer.isPassing else { return false }
        guard answer.isAccepted else { throw answer.error("take events of '\(target)'") }
        return true
    }

    /// An artifact that is gone here cannot be sent, and is named in its event all the same.
    private func upload(_ digest: Digest, _ journal: Journal) throws(StageError) -> Bool {
        guard let bytes = try? journal.artifacts.read(digest) else { return true }
        guard let answer = client.put(bytes, at: "/v1/artifacts/" + digest.hex), !answer.isPassing else {
            return false
        }
        guard answer.isAccepted || answer.status == 413 else { throw answer.error("take an artifact") }
        return true
    }

    // MARK: How far it was sent

    private func position() throws(StageError) -> Int {
        do throws(FileError) {
            guard try FileSystem.status(path) != nil else { return 0 }
            return (try? JSON.parse(try FileSystem.read(path, limit: 4096)))?["position"]?.integer ?? 0
        } catch { throw StageError(.unexpected, error) }
    }

    /// Written after the answer: what is sent twice is known there.
    private func remember(_ position: Int) throws(StageError) {
        let text: JSON = ["position": .integer(position)]
        do throws(FileError) { try FileSystem.write(text.utf8(), to: path, permissions: 0o600) } catch {
            throw StageError(.unexpected, error)
        }
    }
}

extension StageError {
    fileprivate static func journal<Value>(
        _ body: () throws(JournalError) -> Value
    ) throws(StageError) -> Value {
        do throws(JournalError) { return try body() } catch { throw StageError(.unexpected, error) }
    }
}
