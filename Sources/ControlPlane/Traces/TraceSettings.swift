internal import Basics
internal import HTTP
internal import Secrets

/// Where traces are sent, as the variables of OpenTelemetry say it.
package struct TraceSettings: Sendable {
    package let url: String
    package let service: String
    let headers: [(name: String, value: Secret)]
    let isJSON: Bool

    /// The variables that say so; what is in them is nothing for the attempts that are begun here.
    package static let variables = [
        "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_HEADERS",
        "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
        "OTEL_SERVICE_NAME", "OTEL_SDK_DISABLED",
    ]

    /// `nil` where no endpoint is named.
    package init?(_ environment: [String: String]) throws(Mistake) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if value("OTEL_SDK_DISABLED")?.lowercased() == "true" { return nil }
        let base = value("OTEL_EXPORTER_OTLP_ENDPOINT").map { ($0.hasSuffix("/") ? $0 : $0 + "/") + "v1/traces" }
        guard let url = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") ?? base else { return nil }
        guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
            throw Mistake(
                "\(JSON.string(url).text()) is no address to send traces to",
                hint: "it begins with http:// or https://")
        }
        (self.url, service) = (url, value("OTEL_SERVICE_NAME") ?? "leviathan")
        let form = value("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") ?? value("OTEL_EXPORTER_OTLP_PROTOCOL")
        guard [nil, "http/protobuf", "http/json"].contains(form) else {
            throw Mistake(
                "traces cannot be sent by \(JSON.string(form ?? "").text())",
                hint: "OTEL_EXPORTER_OTLP_PROTOCOL is http/protobuf or http/json")
        }
        isJSON = form == "http/json"
        let fields = value("OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? value("OTEL_EXPORTER_OTLP_HEADERS")
        headers = try Self.headers(fields ?? "")
        if !headers.isEmpty, url.hasPrefix("http://"), !Self.isLoopback(url) {
            throw Mistake(
                "OTEL_EXPORTER_OTLP_HEADERS would go to \(JSON.string(url).text()) for everybody to read",
                hint: "name it with https://, or send no headers")
        }
    }

    /// `name=value,name=value`, percent-encoded.
    private static func headers(_ text: String) throws(Mistake) -> [(name: String, value: Secret)] {
        var found: [(String, Secret)] = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
            guard pair.count == 2, !pair[0].isEmpty, let value = PercentEncoding.decode(pair[1]) else {
                throw Mistake(
                    "OTEL_EXPORTER_OTLP_HEADERS cannot be understood", hint: "write name=value,name=value")
            }
            found.append((pair[0], Secret(value)))
        }
        return found
    }

    private static func isLoopback(_ url: String) -> Bool {
        let host = url.dropFirst("http://".count).prefix { !"/:".contains($0) }
        return host == "localhost" || host.hasPrefix("127.") || url.hasPrefix("http://[::1]")
    }

    package struct Mistake: ExplainedError {
        package let message: String
        package let hint: String?

        init(_ message: String, hint: String) { (self.message, self.hint) = (message, hint) }
    }
}
