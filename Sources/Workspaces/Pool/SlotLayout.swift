internal import Basics

/// Where the parts of one slot lie.
struct SlotLayout: Hashable, Sendable {
    /// The directory of the slot.
    let root: String
    let name: String

    /// The checkout itself.
    var tree: String { root + "/tree" }
    /// What git knows of the checkout; it lies here and not in the repository, which a slot leaves as it is.
    var metadata: String { root + "/git" }
    /// What git in the checkout takes for the repository: its objects and references, and a configuration of ours.
    var repository: String { root + "/repository" }
    var state: String { root + "/state" }
    var record: String { root + "/record" }
    var marker: String { root + "/marker" }
    var lease: String { root + "/lease" }
    var readers: String { root + "/readers" }

    /// `nil` where there is none that could be believed.
    var currentState: SlotState? {
        guard let bytes = try? FileSystem.read(state, limit: SlotState.sizeLimit) else { return nil }
        return SlotState(text: String(decoding: bytes, as: UTF8.self))
    }

    var currentRecord: SlotRecord? {
        guard let root = try? Directory(path: root),
            let bytes = try? root.read(Array("record".utf8), limit: SlotRecord.sizeLimit).bytes
        else { return nil }
        return SlotRecord(encoded: bytes)
    }
}
