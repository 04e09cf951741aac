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

    /// One line for each fact.
    package var lines: [String] {
        let place = address.apiURL.isEmpty ? "no API" : address.apiURL
        return ["forge: \(address.kind.name), \(place), \(address.slug)"] + findings.map { "credentials: \($0)" }
            + outcome
    }

    private var outcome: [String] {
        switch answer {
        case .failure(let error):
            return ["problem: \(error.description)"] + (error.hint.map { ["hint: \($0)"] } ?? [])
        case .success(let facts):
            var lines: [String] = []
            if facts.hasMoved { lines.append("the repository is now \(facts.slug)") }
            if facts.isArchived { lines.append("problem: the repository is archived") }
            if let scopes = facts.scopes {
                lines.append("scopes: " + (scopes.isEmpty ? "none" : scopes.joined(separator: ", ")))
            }
            if !facts.missingScopes.isEmpty {
                lines.append("problem: missing scopes: " + facts.missingScopes.joined(separator: ", "))
            }
            if let canPush = facts.canPush { lines.append(canPush ? "may push: yes" : "problem: may only read") }
            return lines
        }
    }
}
