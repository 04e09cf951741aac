internal import Paths

/// What was changed in a file, one line a fact; of many alike, the first one and how many there are.
struct ChangeNotes {
    private struct Change: Hashable {
        let before: String
        let after: String
    }

    private let path: RepoPath
    private var order: [Change] = []
    private var places: [Change: [String]] = [:]

    /// How many of one kind are told one by one.
    private static let limit = 20

    init(_ path: RepoPath) { self.path = path }

    /// `before` and `after` are told as they stand.
    mutating func add(_ place: String, _ before: String, _ after: String) {
        let change = Change(before: before, after: after)
        if places[change] == nil { order.append(change) }
        places[change, default: []].append(place)
    }

    var lines: [String] {
        order.flatMap { change -> [String] in
            let places = places[change] ?? []
            let words = change.before.isEmpty ? change.after : "\(change.before) → \(change.after)"
            guard places.count > Self.limit else { return places.map { "\(path): \($0) \(words)" } }
            return ["\(path): \(places[0]) and \(places.count - 1) other places \(words)"]
        }
    }

    /// At most as many lines as a person reads, and how many there would be.
    static func shortened(_ lines: [String]) -> [String] {
        lines.count <= 2 * limit ? lines : lines.prefix(2 * limit) + ["and \(lines.count - 2 * limit) more"]
    }
}
