import Basics
import Testing

@testable import Kubernetes

/// What became of a Job is told from its status and that of its pods, as servers of all versions write them.
@Suite struct JobStandingTests {
    static func job(_ conditions: [JSON] = [], suspend: Bool = false) -> JSON {
        ["spec": suspend ? ["suspend": true] : [:], "status": ["conditions": .array(conditions)]]
    }

    static func condition(_ type: String, _ reason: String = "", _ message: String = "", _ status: String = "True")
        -> JSON
    {
        ["type": .string(type), "status": .string(status), "reason": .string(reason), "message": .string(message)]
    }

    static func pod(
        _ phase: String, _ state: JSON? = nil, conditions: [JSON] = [], reason: String? = nil,
        isLeaving: Bool = false,
        isGone: Bool = false
    ) -> JobPod {
        var status = [JSON.Member("phase", .string(phase)), JSON.Member("conditions", .array(conditions))]
        if let state { status.append(JSON.Member("containerStatuses", [["image": "i:1", "state": state]])) }
        if let reason { status.append(JSON.Member("reason", .string(reason))) }
        let metadata: JSON = isLeaving ? ["deletionTimestamp": "2026-01-01T00:00:00Z"] : [:]
        return JobPod(["metadata": metadata, "status": .object(status)], isGone: isGone)
    }

    static func ended(_ code: Int, _ reason: String = "Error") -> JSON {
        ["terminated": ["exitCode": .integer(code), "reason": .string(reason)]]
    }

    private func standing(_ job: JSON, _ pods: JobPod...) -> JobStanding { JobStanding(job: job, pods: pods) }

    @Test(arguments: [2, 3, 4, 5, 6, 7, 8, 130])
    func theWorkersOwnWordCounts(code: Int) {
        // The pod has ended, and the Job does not say so yet; then it does.
        let pod = Self.pod("Failed", Self.ended(code))
        #expect(standing(Self.job(), pod) == .ended(.exited(Int32(code))))
        for reason in ["BackoffLimitExceeded", "PodFailurePolicy"] {
            #expect(standing(Self.job([Self.condition("Failed", reason)]), pod) == .ended(.exited(Int32(code))))
        }
    }

    @Test func aJobThatIsCompleteSucceeded() {
        #expect(standing(Self.job([Self.condition("Complete")])) == .ended(.exited(0)))
        #expect(standing(Self.job(), Self.pod("Succeeded", Self.ended(0, "Completed"))) == .ended(.exited(0)))
        let left = Self.pod("Succeeded", Self.ended(0, "Completed"), isLeaving: true, isGone: true)
        #expect(standing(Self.job(), left) == .ended(.exited(0)))
    }

    @Test func whatIsTakenAwayIsNoFailure() {
        let failed = Self.job([Self.condition("Failed", "BackoffLimitExceeded")])
        let disruptions = [
            Self.pod("Failed", reason: "Evicted"), Self.pod("Failed", reason: "NodeLost"),
            Self.pod("Failed", Self.ended(137), reason: "Shutdown"),
            Self.pod(
                "Failed", Self.ended(137),
                conditions: [Self.condition("DisruptionTarget", "PreemptionByScheduler")]),
            Self.pod("Failed", Self.ended(143), isLeaving: true),
            Self.pod("Failed", Self.ended(130), isLeaving: true),
            Self.pod("Failed", Self.ended(8), isLeaving: true),
            Self.pod("Running", ["running": [:]], isGone: true), Self.pod("Pending", isGone: true),
        ]
        for pod in disruptions {
            for job in [Self.job(), failed] {
                guard case .ended(.disrupted) = standing(job, pod) else {
                    Issue.record("\(pod) ended as \(standing(job, pod))")
                    continue
                }
                // Also where the Job made another pod of it meanwhile.
                guard case .ended(.disrupted) = standing(job, pod, Self.pod("Running", ["running": [:]])) else {
                    Issue.record("\(pod) was replaced")
                    continue
                }
            }
        }
        // Killed, and nobody deleted the pod: that is the attempt's own end.
        #expect(standing(failed, Self.pod("Failed", Self.ended(137))) == .ended(.exited(137)))
        #expect(standing(failed) == .ended(.disrupted("its pod is gone")))
    }

    /// Nothing of the attempt has begun: that is told apart from an attempt that failed.
    @Test func aNodeThatIsNotFitIsTold() {
        func pod(_ code: Int, _ message: String) -> JobPod {
            let end: JSON = ["terminated": ["exitCode": .integer(code), "message": .string(message)]]
            return JobPod([
                "status": [
                    "phase": "Failed", "initContainerStatuses": [["name": "doctor", "state": end]],
                    "containerStatuses": [["image": "i:1", "state": ["waiting": ["reason": "PodInitializing"]]]],
                ]
            ])
        }
        let said = "ok       git    2.39\nproblem  fence  the rung that holds here is landlock\nwarning  x"
        let words = "'doctor' ended with exit code 3: problem  fence  the rung that holds here is landlock"
        #expect(standing(Self.job(), pod(3, said)) == .ended(.unfit(words)))
        let failed = Self.job([Self.condition("Failed", "BackoffLimitExceeded")])
        #expect(standing(failed, pod(3, said)) == .ended(.unfit(words)))
        #expect(standing(failed, pod(137, "")) == .ended(.unfit("'doctor' ended with exit code 137")))
        guard case .ended(.lost) = standing(failed, pod(0, said)) else { return #expect(Bool(false)) }
    }

    @Test func memoryAndTimeAreTold() {
        #expect(standing(Self.job(), Self.pod("Failed", Self.ended(137, "OOMKilled"))) == .ended(.outOfMemory))
        #expect(
            standing(Self.job([Self.condition("Failed", "DeadlineExceeded")]), Self.pod("Failed", Self.ended(143)))
                == .ended(.deadline))
    }

    @Test func whatKeepsAJobFromBeginningIsTold() throws {
        func obstacle(_ pods: JobPod..., job: JSON = JobStandingTests.job()) -> JobObstacle.Kind? {
            guard case .waiting(let obstacle) = JobStanding(job: job, pods: pods) else { return nil }
            return obstacle?.kind
        }
        func waiting(_ reason: String) -> JobPod {
            Self.pod("Pending", ["waiting": ["reason": .string(reason), "message": "said"]])
        }
        for reason in ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"] {
            #expect(obstacle(waiting(reason)) == .image)
        }
        #expect(obstacle(waiting("CreateContainerConfigError")) == .configuration)
        #expect(standing(Self.job(), waiting("ContainerCreating")) == .waiting(nil))
        let unschedulable = Self.pod(
            "Pending",
            conditions: [Self.condition("PodScheduled", "Unschedulable", "0/3 nodes are available", "False")])
        #expect(obstacle(unschedulable) == .scheduling)
        #expect(obstacle(job: Self.job(suspend: true)) == .queue)
        #expect(standing(Self.job()) == .waiting(nil))
        let said = try #require(JobObstacle(pod: waiting("ErrImagePull").object))
        #expect(said.text == "ErrImagePull (i:1): said")
    }
}
