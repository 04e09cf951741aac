package import Basics

/// The description of all endpoints as OpenAPI 3.1.
package struct OpenAPIDocument {
    private let endpoints: [Endpoint]
    private let version: String

    package init(_ endpoints: [Endpoint], version: String) {
        (self.endpoints, self.version) = (endpoints, version)
    }

    package var json: JSON {
        var named: [(name: String, schema: JSON)] = []
        var paths: [(path: String, operations: [JSON.Member])] = []
        for endpoint in endpoints {
            let operation = JSON.Member(endpoint.method.rawValue.lowercased(), operation(endpoint, &named))
            if let place = paths.firstIndex(where: { $0.path == endpoint.path }) {
                paths[place].operations.append(operation)
            } else {
                paths.append((endpoint.path, [operation]))
            }
        }
        let schemas = named.sorted { $0.name < $1.name }.map { JSON.Member($0.name, $0.schema) }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Leviathan control plane", "version": .string(version),
                "description": "Tasks, attempts, switches and the journal of one home.",
            ],
            "paths": .object(paths.map { JSON.Member($0.path, .object($0.operations)) }),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": ["key": ["type": "http", "scheme": "bearer"]],
            ],
        ]
    }

    private func operation(_ endpoint: Endpoint, _ named: inout [(name: String, schema: JSON)]) -> JSON {
        var members: [JSON.Member] = [
            JSON.Member("operationId", .string(endpoint.id)), JSON.Member("summary", .string(endpoint.summary)),
            JSON.Member("security", endpoint.isOpen ? [] : [["key": []]]),
        ]
        if !endpoint.isOpen { members.append(JSON.Member("x-right", .string(endpoint.right.rawValue))) }
        let described = endpoint.allParameters.map { parameter(of: $0, &named) }
        if !described.isEmpty { members.append(JSON.Member("parameters", .array(described))) }
        if let body = body(endpoint.body, &named) { members.append(JSON.Member("requestBody", body)) }
        members.append(JSON.Member("responses", answers(endpoint, &named)))
        return .object(members)
    }

    private func parameter(of parameter: Endpoint.Parameter, _ named: inout [(name: String, schema: JSON)]) -> JSON
    {
        [
            "name": .string(parameter.name), "in": .string(parameter.place.rawValue),
            "required": .bool(parameter.isRequired), "description": .string(parameter.summary),
            "schema": parameter.schema.described(&named),
        ]
    }

    private func body(_ body: Endpoint.Body, _ named: inout [(name: String, schema: JSON)]) -> JSON? {
        switch body {
        case .none: return nil
        case .json(let schema):
            let described = schema.described(&named)
            return ["required": true, "content": ["application/json": ["schema": described]]]
        case .bytes:
            let schema: JSON = ["type": "string", "format": "binary"]
            return ["required": true, "content": ["application/octet-stream": ["schema": schema]]]
        }
    }

    private func answers(_ endpoint: Endpoint, _ named: inout [(name: String, schema: JSON)]) -> JSON {
        var members: [JSON.Member] = []
        for answer in endpoint.answers {
            var described: [JSON.Member] = [JSON.Member("description", .string(answer.summary))]
            if endpoint.hasVersion {
                let header: JSON = [
                    "description": "The version of what is answered", "schema": ["type": "string"],
                ]
                described.append(JSON.Member("headers", ["ETag": header]))
            }
            if let schema = answer.schema {
                let content = JSON.Member(answer.type, ["schema": schema.described(&named)])
                described.append(JSON.Member("content", .object([content])))
            }
            members.append(JSON.Member(String(answer.status), .object(described)))
        }
        let problem = Problem.schema.described(&named)
        for status in endpoint.problemStatuses where !endpoint.answers.contains(where: { $0.status == status }) {
            members.append(
                JSON.Member(
                    String(status),
                    [
                        "description": .string(Self.words(status)),
                        "content": ["application/problem+json": ["schema": problem]],
                    ]))
        }
        return .object(members)
    }

    private static func words(_ status: Int) -> String {
        Problem.Kind.allCases.first { $0.status == status }?.title ?? "A problem"
    }
}
