package import API
package import Basics

/// Somebody who has shown a key or come from the provider, for as long as they stay.
package struct LoginSession: Sendable {
    /// Digest of what the cookie holds.
    package let id: Digest
    package internal(set) var principal: Principal
    /// Who it is, where a provider says so.
    package let person: Person?
    /// Proves that a form is one of this session's own pages.
    package let word: String
    package let began: Instant
    /// A script looks again at a page that is open already: what is said once is not for it.
    package internal(set) var isRefresh = false

    package func isOwn(_ given: String) -> Bool {
        ConstantTime.isEqual(Array(given.utf8), Array(word.utf8))
    }
}

// MARK: As it is kept

extension LoginSession {
    var stored: JSON {
        [
            "principal": principal.stored, "person": person?.stored ?? .null, "word": .string(word),
            "began": .string(began.description),
        ]
    }

    /// What cannot be read is no session.
    init?(_ id: Digest, stored: JSON) {
        guard let principal = stored["principal"].flatMap({ Principal(stored: $0) }),
            let person = stored["person"],
            let word = stored["word"]?.string, let began = stored["began"]?.string.flatMap({ Instant($0) })
        else { return nil }
        let known = Person(stored: person)
        guard person.isNull || known != nil else { return nil }
        (self.id, self.principal, self.person, self.word, self.began) = (id, principal, known, word, began)
    }
}

extension Principal {
    fileprivate var stored: JSON {
        let grants = grants.map { grant -> JSON in
            var names: JSON = .null
            if case .named(let targets) = grant.targets { names = .strings(targets.sorted()) }
            return ["right": .string(grant.right.rawValue), "targets": names]
        }
        return ["id": .string(id), "name": .string(name), "grants": .array(grants)]
    }

    fileprivate init?(stored: JSON) {
        guard let id = stored["id"]?.string, let name = stored["name"]?.string,
            let all = stored["grants"]?.elements
        else { return nil }
        let grants = all.compactMap { grant -> AccessGrant? in
            guard let right = grant["right"]?.string.flatMap(Right.init), let targets = grant["targets"] else {
                return nil
            }
            if targets.isNull { return AccessGrant(right, .all) }
            return targets.elements.map { AccessGrant(right, .named(Set($0.compactMap(\.string)))) }
        }
        guard grants.count == all.count else { return nil }
        self.init(id: id, name: name, grants: grants)
    }
}
