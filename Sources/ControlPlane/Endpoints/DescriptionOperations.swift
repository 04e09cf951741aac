internal import API
internal import Basics
internal import HTTP
internal import HTTPServer

/// What there is to ask for, and what there is to measure.
extension Operations {
    static let description: [Operation] = [
        Operation(
            Endpoint("openAPI", .get, "/v1/openapi.json", .view, .open, "This description").with {
                $0.answers = [Endpoint.Answer(200, "OpenAPI 3.1", .anyObject)]
            }
        ) { _, home in .json(OpenAPIDocument(Operations.all.map(\.endpoint), version: home.version).json) },
        Operation(
            Endpoint("metrics", .get, "/metrics", .view, .everything, "Measurements, as Prometheus reads them")
                .with {
                    $0.answers = [Endpoint.Answer(200, "Text, version 0.0.4", .anyText, type: "text/plain")]
                }
        ) { _, home in
            let page = try MetricsPage(home).text()
            return ServerResponse(
                200, headers: ["Content-Type": "text/plain; version=0.0.4; charset=utf-8"], text: page)
        },
    ]
}
