internal import Basics
internal import HTTP

/// Finds the endpoint of a method and a path.
package struct Router: Sendable {
    /// What a path leads to.
    package enum Match: Sendable {
        case found(Endpoint, parameters: [String: String])
        /// The path is there, and the method is not.
        case otherMethod(allowed: [String])
        case none
        /// An escape in the path is broken.
        case malformed
    }

    private struct Route: Sendable {
        let segments: [String]
        let endpoint: Endpoint
    }

    private let routes: [Route]
    /// Paths without parameters, which most requests ask for.
    private let plain: [String: [Endpoint]]
    package let endpoints: [Endpoint]

    package init(_ endpoints: [Endpoint]) {
        self.endpoints = endpoints
        var (routes, plain): ([Route], [String: [Endpoint]]) = ([], [:])
        for endpoint in endpoints {
            for path in [endpoint.path] + endpoint.aliases {
                if path.contains("{") {
                    routes.append(Route(segments: Self.segments(path), endpoint: endpoint))
                } else {
                    plain[path, default: []].append(endpoint)
                }
            }
        }
        (self.routes, self.plain) = (routes, plain)
    }

    /// `HEAD` is `GET` without its body, which the server leaves out.
    package func match(_ method: String, _ path: String) -> Match {
        let method = method == "HEAD" ? "GET" : method
        if let endpoints = plain[path] {
            if let endpoint = endpoints.first(where: { $0.method.rawValue == method }) {
                return .found(endpoint, parameters: [:])
            }
            return .otherMethod(allowed: Self.allowed(endpoints))
        }
        let segments = Self.segments(path)
        let there = routes.filter { Self.fits($0.segments, segments) }
        guard !there.isEmpty else { return .none }
        guard let route = there.first(where: { $0.endpoint.method.rawValue == method }) else {
            return .otherMethod(allowed: Self.allowed(there.map(\.endpoint)))
        }
        var parameters: [String: String] = [:]
        for (wanted, given) in zip(route.segments, segments) where wanted.hasPrefix("{") {
            guard let value = PercentEncoding.decode(given) else { return .malformed }
            parameters[String(wanted.dropFirst().dropLast())] = value
        }
        return .found(route.endpoint, parameters: parameters)
    }

    private static func allowed(_ endpoints: [Endpoint]) -> [String] {
        let methods = Set(endpoints.map(\.method.rawValue))
        return (methods.contains("GET") ? methods.union(["HEAD"]) : methods).sorted()
    }

    private static func segments(_ path: String) -> [String] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    }

    private static func fits(_ wanted: [String], _ given: [String]) -> Bool {
        wanted.count == given.count
            && zip(wanted, given).allSatisfy { $0 == $1 || $0.hasPrefix("{") && !$1.isEmpty }
    }
}
