/// Where the parts of one slot lie.
struct SlotPlace: Hashable, Sendable {
    /// The directory of the slot.
    let root: String
    let name: String
    /// The directory of git's metadata for it.
    let metadata: String

    /// The checkout itself.
    var tree: String { root + "/tree" }
    var state: String { root + "/state" }
    var record: String { root + "/record" }
    var lease: String { root + "/lease" }
    var readers: String { root + "/readers" }
}
