package import API
package import Basics

/// A key that somebody was given; only its digest is kept.
package struct AccessKey: Hashable, Sendable {
    package let id: String
    package let name: String
    package let digest: Digest
    package let right: Right
    package let targets: TargetScope
    package let createdAt: String
    package let createdBy: String
    package let expiresAt: Instant?
    package var lastUsedAt: String?

    package init(
        id: String, name: String, digest: Digest, right: Right, targets: TargetScope, createdAt: String,
        createdBy: String, expiresAt: Instant?, lastUsedAt: String? = nil
    ) {
        (self.id, self.name, self.digest, self.right, self.targets) = (id, name, digest, right, targets)
        (self.createdAt, self.createdBy, self.expiresAt) = (createdAt, createdBy, expiresAt)
        self.lastUsedAt = lastUsedAt
    }

    var principal: Principal { Principal(id: id, name: "key:\(name)", right: right, targets: targets) }

    func hasExpired(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }

    /// What is shown of it.
    package var json: JSON {
        var names: JSON = .null
        if case .named(let targets) = targets { names = .strings(targets.sorted()) }
        return [
            "id": .string(id), "name": .string(name), "right": .string(right.rawValue), "targets": names,
            "created_at": .string(createdAt), "created_by": .string(createdBy),
            "expires_at": .optional(expiresAt?.secondsText), "last_used_at": .optional(lastUsedAt),
        ]
    }

    /// As it is kept.
    var stored: JSON { .object((json.members ?? []) + [JSON.Member("digest", .string(digest.hex))]) }

    init?(stored: JSON) {
        guard let id = stored["id"]?.string, let name = stored["name"]?.string,
            let digest = stored["digest"]?.string.flatMap({ Digest(hex: $0) }),
            let right = stored["right"]?.string.flatMap(Right.init), let expires = stored["expires_at"],
            let targets = stored["targets"]
        else { return nil }
        let names = targets.elements.map { Set($0.compactMap(\.string)) }
        // What cannot be read grants nothing.
        guard targets.isNull || names?.isEmpty == false,
            expires.isNull || expires.string.flatMap({ Instant($0) }) != nil
        else { return nil }
        self.init(
            id: id, name: name, digest: digest, right: right, targets: names.map(TargetScope.named) ?? .all,
            createdAt: stored["created_at"]?.string ?? "", createdBy: stored["created_by"]?.string ?? "",
            expiresAt: expires.string.flatMap { Instant($0) }, lastUsedAt: stored["last_used_at"]?.string)
    }
}
