package import Basics

/// What a watch tells of one object.
package enum ClusterEvent: Sendable, Hashable {
    /// It is new, or is now so.
    case changed(JSON)
    case removed(JSON)
    /// Nothing changed up to here.
    case bookmark
}

/// Takes the bytes of a watch as they come, and gives events as they are complete: one a line.
struct ClusterEventReader {
    enum Problem: Hashable {
        /// The server says why it goes on no longer.
        case status(JSON)
        case unreadable(String)
    }

    /// The longest event: an object is at most 1.5 MB in the store of a cluster.
    static let lineLimit = 8 << 20

    private(set) var version: String
    private(set) var problem: Problem?
    private var line: [UInt8] = []

    init(version: String) { self.version = version }

    mutating func take(_ bytes: [UInt8]) -> [ClusterEvent] {
        var events: [ClusterEvent] = []
        var rest = bytes[...]
        while problem == nil, let end = rest.firstIndex(of: 0x0A) {
            line += rest[..<end]
            rest = rest[(end + 1)...]
            if let event = finish() { events.append(event) }
            line.removeAll(keepingCapacity: true)
        }
        line += rest
        if line.count > Self.lineLimit {
            problem = .unreadable("an event passed the limit of \(Self.lineLimit) bytes")
        }
        return events
    }

    private mutating func finish() -> ClusterEvent? {
        if line.isEmpty { return nil }
        guard line.count <= Self.lineLimit, let json = try? JSON.parse(line), let kind = json["type"]?.string,
            let object = json["object"]
        else {
            problem = .unreadable("an event is no object of the form that watches have")
            return nil
        }
        if kind == "ERROR" {
            problem = .status(object)
            return nil
        }
        if let moved = object["metadata"]?["resourceVersion"]?.string { version = moved }
        switch kind {
        case "ADDED", "MODIFIED": return .changed(object)
        case "DELETED": return .removed(object)
        // What is not known yet says nothing that anybody here waits for.
        default: return .bookmark
        }
    }
}
