/// Takes secrets out of texts.
package protocol TextRedaction: Sendable {
    func redacted(_ text: String) -> String
}

extension TextRedaction {
    /// Every text in the value, names of members included.
    package func redacted(_ json: JSON) -> JSON {
        switch json {
        case .string(let text): .string(redacted(text))
        case .array(let elements): .array(elements.map(redacted))
        case .object(let members): .object(members.map { JSON.Member(redacted($0.name), redacted($0.value)) })
        default: json
        }
    }

    /// The same error without what is secret.
    package func redacted(_ error: any ExplainedError) -> any ExplainedError {
        RedactedError(
            message: redacted(error.message), causes: error.causes.map(redacted), hint: error.hint.map(redacted))
    }
}

private struct RedactedError: ExplainedError {
    let message: String
    let causes: [String]
    let hint: String?
}

/// Takes the secrets that a run knows out of whatever it shows and keeps.
package protocol SecretRedaction: TextRedaction {
    func redacted(_ bytes: [UInt8]) -> [UInt8]

    /// For bytes that arrive in pieces, of one stream.
    func stream() -> any RedactingStream

    /// What the first secret is called that the bytes hold, in any spelling; never the secret itself.
    func secretName(in bytes: [UInt8]) -> String?
}

/// Holds back what may be the beginning of a secret until it is known whether it is.
package protocol RedactingStream {
    mutating func add(_ bytes: ArraySlice<UInt8>) -> [UInt8]

    /// What was held back; nothing follows.
    mutating func finish() -> [UInt8]
}

extension Context {
    /// The text without the run's secrets.
    package func redacted(_ text: String) -> String { redaction?.redacted(text) ?? text }
}
