internal import Basics
internal import Crypto
internal import HTTP
internal import HTTPServer
internal import Journal
internal import Synchronization

/// Answers of requests that carry a key, kept for a day: the same request again changes nothing and gets the same answer,
/// whichever process of the control plane it comes to.
///
/// In a home of its own they end with the process. What must survive that has an identity of its own, as events do.
final class RepeatedRequests: Sendable {
    private static let most = 10_000
    private static let lifetime = Duration.seconds(86_400)
    /// Whoever carries a request out for longer has died over it.
    private static let longest = Duration.seconds(600)

    /// So often an entry is looked at that others take away meanwhile.
    private static let tries = 10

    enum Claim: Sendable {
        /// Carry it out, and say what came of it.
        case begin
        case answered(ServerResponse)
        case running
        /// The key belongs to a request with another content.
        case other
    }

    private let entries: any SharedEntries
    private let identifiers: IdentifierSource
    private let count = Atomic(0)

    init(_ entries: any SharedEntries, _ identifiers: IdentifierSource) {
        (self.entries, self.identifiers) = (entries, identifiers)
    }

    func claim(_ key: String, content: Digest, at now: Instant) throws(JournalError) -> Claim {
        let name = SHA256.digest(of: key).hex
        // Named by this claim alone, so that it knows its own entry where the word that it stands there was lost.
        let entry = SharedEntry(
            .request, name, owner: identifiers.uuid(), ["content": .string(content.hex)], used: now)
        if count.add(1, ordering: .relaxed).newValue % 100 == 0 {
            try entries.trim(.request, to: Self.most, usedSince: now + Self.lifetime * -1)
        }
        for _ in 0..<Self.tries {
            if try entries.add(entry) { return .begin }
            guard let found = try entries.entry(.request, name) else { continue }
            if found.owner == entry.owner { return .begin }
            let response = found.value["response"].flatMap { ServerResponse(stored: $0) }
            let age = now - found.used
            if age >= Self.lifetime || (response == nil && age >= Self.longest) {
                // Of several that find it so, one alone puts its own there.
                if try entries.replace(found, with: entry) { return .begin }
                continue
            }
            guard found.value["content"]?.string == content.hex else { return .other }
            return response.map(Claim.answered) ?? .running
        }
        // What stands there and cannot be read may have been carried out.
        return .running
    }

    /// A failure of the server is no answer: the same may be tried again.
    func finish(
        _ key: String, content: Digest, _ response: ServerResponse, at now: Instant
    ) throws(JournalError) {
        let name = SHA256.digest(of: key).hex
        guard response.status < 500 else {
            _ = try entries.take(.request, name)
            return
        }
        let facts: JSON = ["content": .string(content.hex), "response": response.stored]
        try entries.put(SharedEntry(.request, name, facts, used: now))
    }
}

extension ServerResponse {
    /// What a write answers is a text in memory.
    fileprivate var stored: JSON {
        [
            "status": .integer(status), "body": .string(String(decoding: bytes, as: UTF8.self)),
            "headers": .array(headers.map { .strings([$0.name, $0.value]) }),
        ]
    }

    fileprivate init?(stored: JSON) {
        guard let status = stored["status"]?.integer, let body = stored["body"]?.string else { return nil }
        let fields = (stored["headers"]?.elements ?? []).compactMap { field -> HTTPHeaders.Field? in
            guard let words = field.elements?.compactMap(\.string), words.count == 2 else { return nil }
            return HTTPHeaders.Field(words[0], words[1])
        }
        self.init(status, headers: HTTPHeaders(fields), text: body)
    }
}
