/// Something that is measured, as it is declared: the page for Prometheus, the alerts, the dashboard and the documentation
/// are all held against these declarations.
package struct Metric: Hashable, Sendable {
    package enum Kind: String, Sendable { case gauge, counter, histogram }

    package let name: String
    package let kind: Kind
    package let labels: [String]
    /// What it says, in one sentence.
    package let help: String
    /// What a person does about it.
    package let advice: String

    init(_ kind: Kind, _ name: String, _ help: String, _ advice: String) {
        self.init(kind, name, [], help, advice)
    }

    init(_ kind: Kind, _ name: String, _ labels: [String], _ help: String, _ advice: String) {
        (self.kind, self.name, self.labels) = (kind, name, labels)
        (self.help, self.advice) = (help, advice)
    }

    /// `leviathan_queue_tasks{target,state}`, as people write it.
    package var text: String { labels.isEmpty ? name : "\(name){\(labels.joined(separator: ","))}" }

    /// The names of its samples.
    package var sampleNames: [String] {
        kind == .histogram ? ["_bucket", "_sum", "_count"].map { name + $0 } : [name]
    }

    /// Every metric of a control plane, in the order of its page.
    package static let all = controls + queue + limits + work + changes + record + service

    /// What an observer measures by itself.
    package static let ofObserver: [Metric] = [
        .buildInfo, .eventsReceived, .eventsByType, .spiderUp, .spiderLastEvent, .listeners,
    ]
}
