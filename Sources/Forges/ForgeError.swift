package import Basics
internal import Secrets

/// Something that a forge did not do, and why.
package struct ForgeError: ExplainedError, Equatable {
    /// The cases that a caller can act on.
    package enum Kind: Hashable, Sendable {
        case unauthorized
        case forbidden
        case missingScopes([String])
        case notFound
        case archived
        case moved(to: String)
        case alreadyExists
        /// The forge understood, and found something wrong with what it was asked.
        case invalid
        /// Something there is not as it was expected to be.
        case conflict
        case rateLimited(until: Instant?)
        case serverFailed
        case unreadable
        /// The answer tells of something else than was asked for.
        case contradicted
        case tooLarge
        case tooMany
        case redirectedElsewhere
        case tls
        case unreachable
        case timedOut
        case connectionLost
        case cancelled
        case credentials
        case address
        /// A target's file points to a host that the user did not name.
        case untrustedHost(String)
        /// It would have to carry a token without encryption.
        case plaintext
        case unsupported
        /// It is left alone for now, or asked for no more changes: nothing was sent.
        case heldOff
    }

    package let kind: Kind
    package let operation: String
    /// Empty where none was asked.
    package let host: String
    package let status: Int?
    /// What the forge or the network said, fit to be shown.
    package let details: [String]
    /// Whether the forge may have done it all the same.
    package let isUnknownOutcome: Bool

    package init(
        _ kind: Kind, _ operation: String, host: String, status: Int? = nil, details: [String] = [],
        isUnknownOutcome: Bool = false
    ) {
        (self.kind, self.operation, self.host, self.status) = (kind, operation, host, status)
        self.details = details.prefix(8).map { ForgeText.shown($0) }
        self.isUnknownOutcome = isUnknownOutcome
    }

    /// Whether the same might work a little later.
    package var isTransient: Bool {
        switch kind {
        case .rateLimited, .serverFailed, .unreachable, .timedOut, .connectionLost: true
        default: false
        }
    }

    package var message: String { host.isEmpty ? "cannot \(operation)" : "cannot \(operation) on \(host)" }

    package var causes: [String] { causes(in: .exact) }

    package func causes(in times: TimeText) -> [String] {
        var causes = [reason(times)].compactMap(\.self) + details
        if isUnknownOutcome { causes.append("whether it happened all the same is not known") }
        return causes
    }

    private func reason(_ times: TimeText) -> String? {
        let answered = status.map { " (status \($0))" } ?? ""
        return switch kind {
        case .unauthorized: "the forge does not accept the credentials\(answered)"
        case .forbidden: "the forge does not allow it\(answered)"
        case .missingScopes(let scopes): "the token lacks \(scopes.joined(separator: ", "))\(answered)"
        case .notFound: "it is not there, or these credentials may not see it\(answered)"
        case .archived: "the repository is archived\(answered)"
        case .moved(let place): "the repository has moved to \(ForgeText.shown(place))\(answered)"
        case .alreadyExists: "it exists already\(answered)"
        case .invalid: "the forge refused what it was sent\(answered)"
        case .conflict: "something there is not as it was expected to be\(answered)"
        case .rateLimited(let until):
            "the forge's rate limit is reached" + (until.map { ", until \(times.moment($0))" } ?? "") + answered
        case .serverFailed: "the forge has a problem of its own\(answered)"
        case .unreadable: "the answer cannot be understood\(answered)"
        case .contradicted: "the answer tells of something else than was asked for\(answered)"
        case .tooLarge: "the answer is larger than accepted"
        case .tooMany: "there is more to read than is safe to go through"
        case .redirectedElsewhere: "the forge points to another server, which was not followed\(answered)"
        case .tls: "no secure connection could be made"
        case .unreachable: "the forge cannot be reached"
        case .timedOut: "the forge did not answer in time"
        case .connectionLost: "the connection was lost"
        case .cancelled: "it was cancelled"
        case .untrustedHost(let host):
            "'\(ForgeText.shown(host, limit: 100))' is named by the target's own files alone, and credentials go only to "
                + "the host of the remote and to those in this machine's config.yaml"
        case .plaintext: "credentials never go over plain http, this machine itself aside"
        case .credentials, .address, .unsupported, .heldOff: nil
        }
    }

    package var hint: String? {
        switch kind {
        case .unauthorized: "see with 'leviathan doctor' which credentials are used, and renew them"
        case .forbidden: "ask for the right to do this, or use another account's credentials"
        case .missingScopes(let scopes): "make a token that has \(scopes.joined(separator: ", "))"
        case .notFound: "check the remote's address and that the token may see the repository"
        case .archived: "an archived repository takes no changes; unarchive it or remove the target"
        case .moved: "set the remote to the new address with: git remote set-url"
        case .rateLimited: "wait for the limit to reset, or run fewer tasks at a time"
        case .serverFailed, .timedOut, .connectionLost: "try again later; what was begun is found again"
        case .unreadable: "check that 'api_url' of the contract names the forge's API"
        case .contradicted:
            "look at the forge for what was really made; then check 'api_url' and any proxy between here and the forge"
        case .redirectedElsewhere: "check 'api_url' of the contract, and any sign-on page before the forge"
        case .tls: "have the certificate mended, or name the authority's certificate; it is never ignored"
        case .unreachable: "check the network, the proxy settings and the forge's address"
        case .credentials:
            "'leviathan doctor' says where they are looked for; 'delivery: {forge: git}' in the contract pushes the branch alone"
        case .untrustedHost(let host):
            "if it is right, name it in config.yaml of Leviathan's home: "
                + "forges: {\"\(ForgeText.shown(host, limit: 100))\": {kind: KIND, api_url: URL}}"
        case .plaintext:
            "use https for the remote, or name the https address of its API under 'forges' in config.yaml of Leviathan's home"
        case .address: "set 'forge' and 'api_url' under 'delivery' in contract.yaml"
        case .heldOff: "'leviathan next --all' says until when; 'leviathan breaker list' shows what fails"
        case .tooLarge, .tooMany, .conflict, .invalid, .alreadyExists, .cancelled, .unsupported: nil
        }
    }
}

/// Text that came from a forge, made fit to be shown.
enum ForgeText {
    /// One line, of bounded length, without credentials and without what drives a terminal.
    static func shown(_ text: String, limit: Int = 300) -> String {
        let line = URLRedaction.redact(String(text.prefix(limit * 4))).unicodeScalars.map { scalar in
            scalar.properties.isWhitespace ? " " : isHarmless(scalar) ? Character(scalar) : "?"
        }
        let short = line.prefix(limit)
        return String(short) + (line.count > limit ? "…" : "")
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
        default: true
        }
    }
}
