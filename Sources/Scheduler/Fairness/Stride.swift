/// Exact stride scheduling over grants: who has twice the weight is granted twice as often, and idle time earns nothing.
package struct Stride: Hashable, Sendable {
    /// Divisible by every weight, so that no stride is rounded.
    static let quantum = 720_720
    package static let weights = 1...16

    private(set) var virtualTime = 0
    /// When the turn of each that waits has come; the others have no place.
    private(set) var passes: [String: Int] = [:]

    package init() {}

    init(virtualTime: Int, passes: [String: Int]) { (self.virtualTime, self.passes) = (virtualTime, passes) }

    private static func stride(_ weight: Int) -> Int {
        quantum / min(weights.upperBound, max(weights.lowerBound, weight))
    }

    /// Says who waits now, by weight: who comes joins behind its own stride, and who waited keeps its place.
    package mutating func update(_ waiting: [String: Int]) {
        passes = passes.filter { waiting[$0.key] != nil }
        for (name, weight) in waiting where passes[name] == nil {
            passes[name] = virtualTime + Self.stride(weight)
        }
    }

    /// Whose turn it is among some of those who wait.
    package func first(among names: some Sequence<String>) -> String? {
        names.min { (passes[$0] ?? .max, $0) < (passes[$1] ?? .max, $1) }
    }

    /// Takes one's turn.
    package mutating func grant(_ name: String, weight: Int) {
        guard let pass = passes[name] else { return }
        virtualTime = pass
        passes[name] = pass + Self.stride(weight)
    }
}
