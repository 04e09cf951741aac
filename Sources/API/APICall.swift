package import Basics
internal import HTTP
package import HTTPServer

/// A request that fits the declaration of its endpoint.
package struct APICall: Sendable {
    package let endpoint: Endpoint
    package let request: ServerRequest
    package let principal: Principal
    /// Names the request in the log and in problems.
    package let id: String
    /// The JSON body, where there is one.
    package let body: JSON
    fileprivate let values: [String: [String]]

    /// Parameters as they were read, by name.
    package func all(_ name: String) -> [String] { values[name] ?? [] }

    package func value(_ name: String) -> String? { values[name]?.first }

    package func integer(_ name: String) -> Int? { value(name).flatMap { Int($0) } }

    package func flag(_ name: String) -> Bool { value(name) == "true" }

    package var reason: String { (body["reason"]?.string ?? value("reason") ?? "").trimmed }
}

/// Holds a request against the declaration of its endpoint.
package struct CallReader {
    private let endpoint: Endpoint
    private let request: ServerRequest

    package init(_ endpoint: Endpoint, _ request: ServerRequest) {
        (self.endpoint, self.request) = (endpoint, request)
    }

    package func read(_ path: [String: String], _ principal: Principal, id: String) throws(Problem) -> APICall {
        let (values, body) = (try values(path), try body())
        return APICall(
            endpoint: endpoint, request: request, principal: principal, id: id, body: body, values: values)
    }

    // MARK: Parameters

    private func values(_ path: [String: String]) throws(Problem) -> [String: [String]] {
        var values = path.mapValues { [$0] }
        for (name, value) in try query() { values[name, default: []].append(value) }
        for parameter in endpoint.allParameters where parameter.place == .header {
            let given = request.headers.values(parameter.name)
            if !given.isEmpty { values[parameter.name] = given }
        }
        var problems: [String] = []
        for parameter in endpoint.allParameters {
            let given = values[parameter.name] ?? []
            if given.isEmpty, parameter.isRequired { problems.append("\(parameter.name) is missing") }
            problems += Self.problems(parameter, given)
        }
        guard problems.isEmpty else {
            // A name that cannot be one names nothing.
            let isPath = endpoint.parameters.contains { parameter in
                parameter.place == .path
                    && !Self.problems(parameter, path[parameter.name].map { [$0] } ?? []).isEmpty
            }
            throw isPath ? Problem(.notFound, problems.joined(separator: "; ")) : malformed(problems)
        }
        return values
    }

    private func query() throws(Problem) -> [(String, String)] {
        guard let query = request.query, !query.isEmpty else { return [] }
        let known = endpoint.parameters.filter { $0.place == .query }
        var found: [(String, String)] = []
        for part in query.split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            func decoded(_ text: Substring) -> String? {
                PercentEncoding.decode(String(text.map { $0 == "+" ? " " : $0 }))
            }
            guard let name = decoded(pair[0]), let value = decoded(pair.count > 1 ? pair[1] : "") else {
                throw malformed(["an escape in the query is broken"])
            }
            guard known.contains(where: { $0.name == name }) else {
                let nearest = Suggestion.nearest(to: name, among: known.map(\.name))
                var problem = malformed(["there is no parameter '\(name)'"])
                problem.hint = nearest.map { "did you mean '\($0)'?" }
                throw problem
            }
            found.append((name, value))
        }
        return found
    }

    private static func problems(_ parameter: Endpoint.Parameter, _ given: [String]) -> [String] {
        if case .list(let element, let most, _) = parameter.schema {
            guard given.count <= most else { return ["\(parameter.name) is given more than \(most) times"] }
            return given.flatMap { element.problems(asText: $0, at: parameter.name) }
        }
        guard given.count <= 1 else { return ["\(parameter.name) is given more than once"] }
        return given.flatMap { parameter.schema.problems(asText: $0, at: parameter.name) }
    }

    // MARK: Body

    private func body() throws(Problem) -> JSON {
        guard case .json(let schema) = endpoint.body else { return .null }
        let type = request.headers["Content-Type"]?.split(separator: ";").first.map {
            String($0).trimmed.lowercased()
        }
        guard type == "application/json" else {
            throw Problem(
                .wrongMediaType, "the body must be application/json", hint: "Content-Type: application/json")
        }
        let body: JSON
        do throws(JSONError) { body = try JSON.parse(request.body, maximumDepth: 100) } catch {
            throw malformed([error.message])
        }
        let problems = schema.problems(body)
        guard problems.isEmpty else { throw invalid(problems) }
        return body
    }

    private func malformed(_ problems: [String]) -> Problem {
        var problem = Problem(.malformed, problems.joined(separator: "; "))
        problem.errors = problems
        return problem
    }

    private func invalid(_ problems: [String]) -> Problem {
        var problem = Problem(.invalid, problems.joined(separator: "; "))
        problem.errors = problems
        return problem
    }
}

extension Schema {
    /// What is wrong with a parameter, which is always text.
    func problems(asText text: String, at place: String) -> [String] {
        switch self {
        case .integer, .number:
            // Digits alone: what else a number may look like is nobody's need here.
            guard text.utf8.count <= 18, let value = Int(text), text == String(value) else {
                return problems(.null, at: place)
            }
            return problems(.integer(value), at: place)
        case .boolean: return problems(text == "true" ? true : text == "false" ? false : .null, at: place)
        case .named(_, let schema), .optional(let schema): return schema.problems(asText: text, at: place)
        default: return problems(.string(text), at: place)
        }
    }
}
