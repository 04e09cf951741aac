internal import Basics

/// Why a Job does not begin.
package struct JobObstacle: Hashable, Sendable {
    package enum Kind: String, Sendable {
        /// Its image cannot be had.
        case image
        /// A secret, a volume or a name in it is not there.
        case configuration
        /// A quota of the namespace is used up.
        case quota
        /// No node has room for it.
        case scheduling
        /// A queue has not let it in.
        case queue
        /// The cluster makes no pod of it, and does not say why.
        case pod
        /// Nobody answers.
        case server
    }

    package let kind: Kind
    /// In the words of the cluster.
    package let text: String

    package init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text.unicodeScalars.count <= 400 ? text : String(text.unicodeScalars.prefix(400)) + "…"
    }

    /// What a person can do about it.
    package func hint(job: String, namespace: String) -> String {
        switch kind {
        case .image: "name an image that the nodes can pull under dispatch.image, or load it into them"
        case .configuration: "kubectl -n \(namespace) describe pods -l job-name=\(job)"
        case .quota: "kubectl -n \(namespace) describe resourcequota"
        case .scheduling: "kubectl -n \(namespace) describe pods -l job-name=\(job), and 'kubectl describe nodes'"
        case .queue: "kubectl -n \(namespace) describe workloads"
        case .pod: "kubectl -n \(namespace) describe job \(job)"
        case .server: "see that the API server answers: kubectl -n \(namespace) get jobs"
        }
    }
}

extension JobObstacle {
    private static let imageReasons: Set = [
        "ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "RegistryUnavailable",
        "ImageInspectError",
    ]
    /// What is there a moment in every pod that begins well.
    private static let passing: Set = ["ContainerCreating", "PodInitializing"]

    /// What keeps a pod from beginning, as its status says; `nil` where nothing does.
    init?(pod: JSON) {
        let status = pod["status"] ?? .null
        for container in status.list("initContainerStatuses") + status.list("containerStatuses") {
            guard let waiting = container["state"]?["waiting"], let reason = waiting["reason"]?.string,
                !Self.passing.contains(reason)
            else { continue }
            let said = waiting["message"]?.string.map { ": \($0)" } ?? ""
            self.init(
                Self.imageReasons.contains(reason) ? .image : .configuration,
                reason + " (\(container["image"]?.string ?? "no image"))" + said)
            return
        }
        guard let condition = status.condition("PodScheduled"), condition["status"]?.string == "False" else {
            return nil
        }
        let reason = condition["reason"]?.string ?? "Unschedulable"
        self.init(
            reason == "SchedulingGated" ? .queue : .scheduling,
            reason + (condition["message"]?.string.map { ": \($0)" } ?? ""))
    }
}

extension JSON {
    func list(_ name: String) -> [JSON] { self[name]?.elements ?? [] }

    /// One of an object's conditions, by its type.
    func condition(_ type: String) -> JSON? { list("conditions").first { $0["type"]?.string == type } }

    var labels: JSON { self["metadata"]?["labels"] ?? .null }

    func annotation(_ name: String) -> String? { self["metadata"]?["annotations"]?[name]?.string }
}
