internal import Basics
internal import Observability
internal import Synchronization

/// How often each route was asked, and how long that took.
final class HTTPMeasurements: Sendable {
    private static let bounds: [Double] = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

    struct Route: Sendable {
        var codes: [Int: Int] = [:]
        var durations = Histogram(bounds)
    }

    private let routes = Mutex<[String: Route]>([:])

    func count(_ route: String, _ status: Int, _ duration: Duration) {
        let parts = duration.components
        let seconds = Double(parts.seconds) + Double(parts.attoseconds) / 1e18
        routes.withLock { routes in
            routes[route, default: Route()].codes[status, default: 0] += 1
            routes[route]?.durations.add(seconds)
        }
    }

    /// By name.
    func all() -> [(name: String, route: Route)] {
        routes.withLock { routes in routes.map { ($0.key, $0.value) } }.sorted { $0.0 < $1.0 }
    }
}
