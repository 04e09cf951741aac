internal import Basics

/// What a forge would be asked with, and what that may do there; nothing in it is secret.
package struct ForgeDiagnosis: Sendable {
    package let address: ForgeAddress
    package let findings: [CredentialFinding]
    /// What the forge says to these credentials.
    package let answer: Result<RepositoryFacts, ForgeError>

    /// Looks for credentials and asks the forge one question with them.
    package static func examine(
        _ address: ForgeAddress, _ credentials: CredentialChain, _ surroundings: ForgeEnvironment
    ) -> ForgeDiagnosis {
        let answer = Result { () throws(ForgeError) in
            try ForgeOpening.open(address, credentials, surroundings).facts()
        }
        let findings = address.kind == .plain ? [] : credentials.findings(for: CredentialRequest(address))
        return ForgeDiagnosis(address: address, findings: findings, answer: answer)
    }

    package struct Line: Hashable, Sendable {
        /// What the fact is about.
        package let name: String
        package let text: String
        package let isProblem: Bool
        package let hint: String?

        fileprivate init(_ name: String, _ text: String, isProblem: Bool = false, hint: String? = nil) {
            (self.name, self.text, self.isProblem, self.hint) = (name, text, isProblem, hint)
        }
    }

    /// One line for each fact.
    package var lines: [Line] {
        let place = address.apiURL.isEmpty ? "no API" : address.apiURL
        var isAnswered = false
        if case .success = answer { isAnswered = true }
        return [
            Line(
                "forge", "\(address.kind.name), \(place), \(address.slug)" + (isAnswered ? "" : ": not read"),
                isProblem: !isAnswered)
        ] + credentials + outcome
    }

    /// What each place has to say where one of them serves; else that none does.
    private var credentials: [Line] {
        let isServed = findings.contains { $0.state != .absent }
        guard !isServed, !findings.isEmpty else {
            return findings.map { finding in
                if case .broken = finding.state { return Line("credentials", "\(finding)", isProblem: true) }
                return Line("credentials", "\(finding)")
            }
        }
        return [
            Line(
                "credentials", "none; looked at " + findings.map(\.name).joined(separator: ", "), isProblem: true,
                hint:
                    "without them nothing can be proposed there; docs/delivery.md says where each forge's are looked for"
            )
        ]
    }

    private var outcome: [Line] {
        switch answer {
        case .failure(let error): return [Line("forge", error.description, isProblem: true, hint: error.hint)]
        case .success(let facts):
            var lines: [Line] = []
            if facts.hasMoved { lines.append(Line("forge", "the repository is now \(facts.slug)")) }
            if facts.isArchived { lines.append(Line("forge", "the repository is archived", isProblem: true)) }
            if let scopes = facts.scopes {
                lines.append(
                    Line("credentials", "scopes: " + (scopes.isEmpty ? "none" : scopes.joined(separator: ", "))))
            }
            if !facts.missingScopes.isEmpty {
                lines.append(
                    Line(
                        "credentials", "missing scopes: " + facts.missingScopes.joined(separator: ", "),
                        isProblem: true))
            }
            if let canPush = facts.canPush {
                lines.append(Line("credentials", canPush ? "may push: yes" : "may only read", isProblem: !canPush))
            }
            return lines
        }
    }
}
