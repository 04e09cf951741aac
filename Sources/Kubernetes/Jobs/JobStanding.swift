package import Basics

/// How far a Job is, as its status and that of its pods say, whether or not the server knows `podFailurePolicy`.
package enum JobStanding: Hashable, Sendable {
    /// Nothing of it runs yet.
    case waiting(JobObstacle?)
    case running
    case ended(JobEnding)

    /// `pods`: all that belong to the Job, in any order.
    package init(job: JSON, pods: [JobPod]) {
        if let ending = JobEnding(job: job, pods: pods) {
            self = .ended(ending)
        } else if pods.contains(where: { Self.phase($0.object) == "Running" }) {
            self = .running
        } else if let obstacle = pods.lazy.compactMap({ JobObstacle(pod: $0.object) }).first {
            self = .waiting(obstacle)
        } else if job["spec"]?["suspend"]?.bool == true {
            self = .waiting(JobObstacle(.queue, "the queue has not let it in"))
        } else {
            self = .waiting(nil)
        }
    }

    static func phase(_ pod: JSON) -> String { pod["status"]?["phase"]?.string ?? "Pending" }
}

/// A pod of a Job.
package struct JobPod: Hashable, Sendable {
    package let object: JSON
    /// Whether it is no longer there, and this is how it was last seen.
    package var isGone = false

    package init(_ object: JSON, isGone: Bool = false) { (self.object, self.isGone) = (object, isGone) }

    /// Whether it is to end soon: somebody deleted it, or its node is emptied.
    package var isLeaving: Bool { object["metadata"]?["deletionTimestamp"]?.string != nil }
}

/// What became of a Job.
package enum JobEnding: Hashable, Sendable {
    /// The worker itself said so.
    case exited(Int32)
    /// The node, the cluster or a person took the pod away: the attempt did nothing wrong.
    case disrupted(String)
    case outOfMemory
    /// It ran for longer than the Job may, and did not end by itself.
    case deadline
    /// What looks at the node beforehand found it unfit: nothing of the attempt has begun.
    case unfit(String)
    /// The cluster calls it failed, and no pod says why.
    case lost(String)

    /// `nil` while it goes on.
    init?(job: JSON, pods: [JobPod]) {
        let status = job["status"] ?? .null
        func holds(_ type: String) -> Bool { status.condition(type)?["status"]?.string == "True" }
        if holds("Complete") || holds("SuccessCriteriaMet") {
            self = .exited(0)
            return
        }
        // A pod that is taken away ends the attempt, also where the Job would make another one of it: who asked for the
        // attempt asks for a new one.
        let ends = pods.compactMap(Self.init(pod:))
        if let disrupted = ends.first(where: \.isDisruption) {
            self = disrupted
            return
        }
        let failure = status.condition("Failed") ?? status.condition("FailureTarget")
        guard failure?["status"]?.string == "True" else {
            // The Job of a pod that has ended says so a moment later.
            guard let end = ends.first else { return nil }
            self = end
            return
        }
        let said = [failure?["reason"]?.string, failure?["message"]?.string].compactMap { $0 }
        if failure?["reason"]?.string == "DeadlineExceeded" {
            self = .deadline
        } else {
            self =
                ends.first ?? (pods.isEmpty ? .disrupted("its pod is gone") : .lost(said.joined(separator: ": ")))
        }
    }

    private var isDisruption: Bool { if case .disrupted = self { true } else { false } }

    /// `nil` where the pod has not ended.
    private init?(pod: JobPod) {
        let status = pod.object["status"] ?? .null
        let terminated = status.list("containerStatuses").first?["state"]?["terminated"]
        if let disruption = Self.disruption(pod, terminated) {
            self = .disrupted(disruption)
            return
        }
        guard let terminated else {
            guard JobStanding.phase(pod.object) == "Failed" else { return nil }
            if let finding = Self.finding(status) {
                self = .unfit(finding)
                return
            }
            self = .lost(Self.said(status, "its pod failed before it began"))
            return
        }
        if terminated["reason"]?.string == "OOMKilled" {
            self = .outOfMemory
            return
        }
        if terminated["reason"]?.string == "DeadlineExceeded" {
            self = .deadline
            return
        }
        self = .exited(Int32(clamping: terminated["exitCode"]?.integer ?? 1))
    }

    /// What a container that ran beforehand ended with; `nil` where all ended well.
    private static func finding(_ status: JSON) -> String? {
        for container in status.list("initContainerStatuses") {
            guard let end = container["state"]?["terminated"], let code = end["exitCode"]?.integer, code != 0
            else { continue }
            let words = (end["message"]?.string ?? "").split(separator: "\n").map(String.init)
            // Findings that are well are not what it ended for.
            let problem = words.first { $0.hasPrefix("problem ") } ?? words.last
            let name = container["name"]?.string ?? "a container"
            return "'\(name)' ended with exit code \(code)" + (problem.map { ": \($0.prefix(300))" } ?? "")
        }
        return nil
    }

    private static let evictions: Set = [
        "Evicted", "NodeLost", "NodeShutdown", "Shutdown", "Terminated", "Preempting", "UnexpectedAdmissionError",
        "NodeAffinity", "OutOfcpu", "OutOfmemory", "OutOfpods",
    ]

    /// What took the pod away; `nil` where nothing did.
    private static func disruption(_ pod: JobPod, _ terminated: JSON?) -> String? {
        let status = pod.object["status"] ?? .null
        if let target = status.condition("DisruptionTarget"), target["status"]?.string == "True" {
            return said(target, "it was disrupted")
        }
        if let reason = status["reason"]?.string, evictions.contains(reason) { return said(status, reason) }
        if terminated == nil, pod.isGone, JobStanding.phase(pod.object) != "Failed" {
            return "its pod was deleted"
        }
        // Whatever a worker says that was told to end: what it had finished by then, the journal knows.
        guard pod.isLeaving, let code = terminated?["exitCode"]?.integer, code != 0,
            terminated?["reason"]?.string != "OOMKilled"
        else { return nil }
        return "its pod was deleted"
    }

    private static func said(_ object: JSON, _ otherwise: String) -> String {
        let words = [object["reason"]?.string, object["message"]?.string].compactMap { $0 }
        return words.isEmpty ? otherwise : words.joined(separator: ": ")
    }

    package var text: String {
        switch self {
        case .exited(let code): "the worker ended with exit code \(code)"
        case .disrupted(let why): "its pod was taken away: \(why)"
        case .outOfMemory: "the worker was killed, as it needed more memory than its limit"
        case .deadline: "the worker did not end by itself within its Job's time"
        case .unfit(let why): "its node is not fit: \(why)"
        case .lost(let why): "the Job failed" + (why.isEmpty ? "" : ": \(why)")
        }
    }
}
