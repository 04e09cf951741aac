internal import Basics
internal import Executors
internal import Secrets

/// Every request and every answer as lines of JSON, without credentials.
final class Transcript {
    private static let limit = 64 << 20

    private let redactor: SecretRedactor
    private var bytes: [UInt8] = []
    private var isFull = false
    private var messagesWritten = 0

    init(_ redactor: SecretRedactor) { self.redactor = redactor }

    var artifact: ReportedArtifact? {
        bytes.isEmpty ? nil : ReportedArtifact(kind: "transcript", name: "transcript.jsonl", bytes: bytes)
    }

    /// A request in full the first time, later only what it adds to the one before.
    func add(request: JSON, call: Int, attempt: Int) {
        let messages = request["messages"]?.elements ?? []
        let new = messages.dropFirst(messagesWritten)
        var line: JSON = [
            "type": "request", "call": .integer(call), "attempt": .integer(attempt),
            "model": request["model"] ?? .null, "max_tokens": request["max_tokens"] ?? .null,
            "earlier_messages": .integer(messagesWritten), "messages": .array(Array(new)),
        ]
        if messagesWritten == 0 {
            line = line.replacing(["system": request["system"] ?? .null, "tools": request["tools"] ?? .null])
        }
        messagesWritten = messages.count
        add(line)
    }

    func add(answer: ModelAnswer, call: Int) {
        add([
            "type": "answer", "call": .integer(call), "id": .string(answer.id), "model": .string(answer.model),
            "stop_reason": .string(answer.stopReason), "content": .array(answer.content),
            "usage": answer.usage.json,
        ])
    }

    func add(failure: MessagesFailure, call: Int) {
        add([
            "type": "failure", "call": .integer(call), "kind": .string(failure.kind.rawValue),
            "status": .optional(failure.status), "message": .string(failure.message),
            "causes": .strings(failure.causes), "usage": failure.usage?.json ?? .null,
        ])
    }

    private func add(_ line: JSON) {
        guard !isFull else { return }
        let text = redactor.redacted(line).utf8() + [10]
        guard bytes.count + text.count <= Self.limit else {
            isFull = true
            bytes += Array("{\"type\":\"end\",\"reason\":\"the transcript is full\"}\n".utf8)
            return
        }
        bytes += text
    }
}
