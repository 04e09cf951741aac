internal import Basics
internal import Synchronization

/// How often each route was asked, and how long that took.
final class HTTPMeasurements: Sendable {
    static let bounds: [Double] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    struct Route: Sendable {
        var codes: [Int: Int] = [:]
        /// Requests within each bound.
        var within = [Int](repeating: 0, count: bounds.count)
        var count = 0
        var seconds = 0.0
    }

    private let routes = Mutex<[String: Route]>([:])

    func count(_ route: String, _ status: Int, _ duration: Duration) {
        let parts = duration.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        routes.withLock { routes in
            routes[route, default: Route()].codes[status, default: 0] += 1
            routes[route]?.count += 1
            routes[route]?.seconds += seconds
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound {
                routes[route]?.within[index] += 1
            }
        }
    }

    /// By name.
    func all() -> [(name: String, route: Route)] {
        routes.withLock { routes in routes.map { ($0.key, $0.value) } }.sorted { $0.0 < $1.0 }
    }
}
