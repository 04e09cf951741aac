import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// Attempts as Jobs of a real cluster: `make kube`.
@Suite(
    .serialized, .timeLimit(.minutes(60)),
    .enabled(if: KubernetesTestCluster.isInstalled && getenv("LEVIATHAN_KUBE") != nil, "'make kube' runs these"))
struct ClusterRunTests {
    /// Tells `make kube` what was seen, a row of its table each.
    private func row(_ what: String, _ seen: String) { print("kube: | \(what) | \(seen) |") }

    @Test func fiftyAttemptsEndAsFiftyPullRequests() throws {
        let world = try ClusterWorld(tasks: 50)
        row("containers", world.isolation)
        let run = try world.run("--jobs", "20")
        #expect(run.succeeded, "\(run.errors.text)")
        let results = outcomes(run)
        let lost = results.filter { $0.value != "delivered" }
        #expect(results.count == 50 && lost.isEmpty, "\(lost) \(run.output.text)")
        #expect(world.pulls == 50)
        guard lost.isEmpty else { return }
        // A Job counts its pods a moment after they ended.
        waitUntil { (try? world.jobs().allSatisfy { $0["status"]?["succeeded"]?.integer == 1 }) == true }
        let jobs = try world.jobs()
        #expect(jobs.count == 50 && jobs.allSatisfy { $0["status"]?["succeeded"]?.integer == 1 })
        row("50 attempts end to end", "\(jobs.count) Jobs, \(world.pulls) pull requests")
    }

    @Test func anEvictionIsNoFailureAndTheTaskIsDoneInItsNextTurn() throws {
        let world = try ClusterWorld(tasks: 1)
        // Held up until the worker runs: the pod goes while it works.
        world.killPlane()
        let (program, _) = try world.begin()
        waitUntil { (try? world.pods().contains { $0["status"]?["phase"]?.string == "Running" }) == true }
        let pod = try #require(try world.pods().first?["metadata"]?["name"]?.string)
        let eviction: JSON = [
            "apiVersion": "policy/v1beta1", "kind": "Eviction",
            "metadata": ["name": .string(pod), "namespace": "leviathan"],
        ]
        try world.evict(pod, eviction)
        // A worker that hears of the control plane before it hears that it is to go delivers, which is right as well.
        waitUntil { (try? world.pods().contains { $0["metadata"]?["name"]?.string == pod }) == false }
        try world.startPlane()
        let first = try JSON.parse(try #require(program.readLine()))
        let entry = first["dispatched"]?.elements?.first
        #expect(entry?["outcome"]?.string == "interrupted", "\(first.text())")
        waitUntil { (try? world.jobs().isEmpty) == true }
        #expect(try world.jobs().isEmpty)
        let failures = try world.leviathan("failures", "--json")
        #expect(failures.json.elements?.isEmpty ?? true, "\(failures.output.text)")
        let again = try world.run()
        // Unless it was delivered while it ended: then it is under review, and nothing is done twice.
        let isInTurn = outcomes(again) == ["task-1": "delivered"]
        #expect(isInTurn || outcomes(again).isEmpty, "\(again.output.text)\(again.errors.text)")
        #expect(world.pulls == 1)
        row("eviction", "no failure; delivered in its next turn")
    }

    @Test func aNodeThatIsLostIsNoFailure() throws {
        let world = try ClusterWorld(tasks: 1)
        world.killPlane()
        let (program, _) = try world.begin()
        waitUntil { (try? world.pods().contains { $0["status"]?["phase"]?.string == "Running" }) == true }
        world.loseNode()
        // A person, or the machine's provider, says that it will not come back.
        try world.cluster.kubectl("delete", "node", "node-1")
        let first = try JSON.parse(try #require(program.readLine()))
        #expect(first["dispatched"]?.elements?.first?["outcome"]?.string == "interrupted", "\(first.text())")
        row("node loss", "interrupted, no failure")
    }

    @Test func whatCannotBeginIsExplained() throws {
        for (name, change, words) in [
            ("image that cannot be pulled", "  start_timeout: 30s", "ErrImagePull"),
            ("quota", "", "exceeded quota"),
            ("no node with room", "  cpu: \"500\"", "Unschedulable"),
        ] {
            let world = try ClusterWorld(tasks: 1, more: change)
            if name == "quota" {
                try world.forbidPods()
            }
            if name.hasPrefix("image") {
                try world.use(image: "registry.invalid/none@sha256:" + String(repeating: "0", count: 64))
            }
            if name.hasPrefix("no node") { try world.fillNode() }
            let (program, process) = try world.begin()
            var shown = ""
            for _ in 0..<600 {
                shown = try world.leviathan("next", "--all", "--json").output.text
                if shown.contains(words) { break }
                usleep(50_000)
            }
            #expect(shown.contains("job-waiting") && shown.contains(words), "\(name): \(shown)")
            row(name, "'next' says \(words)")
            if name.hasPrefix("image") {
                // It is taken back, is no failure, and the task waits for its next turn.
                let end = try JSON.parse(try #require(program.readLine()))
                #expect(end["dispatched"]?.elements?.first?["outcome"]?.string == "refused", "\(end.text())")
                waitUntil { (try? world.jobs().isEmpty) == true }
                #expect(try world.jobs().isEmpty)
            }
            kill(process, SIGKILL)
        }
    }

    /// A right that is missing is nothing that a task did: each waits until somebody has given it.
    @Test func whoMayMakeNoJobsFailsNoTask() throws {
        let world = try ClusterWorld(tasks: 2)
        let file = try world.target.target.repository.directory.write(
            "nobody", world.cluster.kubeconfig(token: "nobody-token"))
        let refused = try world.run(extra: ["KUBECONFIG": file])
        let entries = refused.json["dispatched"]?.elements ?? []
        #expect(refused.ending == .exited(7) && entries.count == 2, "\(refused.output.text)")
        for entry in entries {
            let message = entry["message"]?.string ?? ""
            #expect(
                entry["outcome"] == "refused" && message.contains("kubectl auth can-i create jobs"), "\(message)")
        }
        #expect(try world.leviathan("failures", "--json").json.elements?.isEmpty ?? true)
        let again = try world.run()
        #expect(outcomes(again).values.sorted() == ["delivered", "delivered"], "\(again.output.text)")
        row("a namespace without rights", "refused, no failure; delivered once they are there")
    }

    /// A node whose fence is too weak runs nothing of an attempt, and that is no failure of it.
    @Test(arguments: [true, false]) func aNodeThatIsNotFitBeginsNothing(isConfined: Bool) throws {
        let world = try ClusterWorld(
            tasks: 1, more: "  sandbox_minimum: namespaces+landlock", isConfined: isConfined)
        guard world.isolation.contains("runc") else { return row("a node that is not fit", "not run: no runc") }
        let run = try world.run()
        let entry = run.json["dispatched"]?.elements?.first
        let message = entry?["message"]?.string ?? ""
        let profile = isConfined ? "with what Docker's profile denies" : "without a profile"
        // Which rung a container without a profile has is this machine's affair: both ends are told.
        let isFit = !isConfined && entry?["outcome"]?.string == "delivered"
        #expect(
            isFit || (entry?["outcome"]?.string == "refused" && message.contains("the rung that holds here")),
            "\(run.output.text)")
        #expect(world.pulls == (isFit ? 1 : 0))
        #expect(try world.leviathan("failures", "--json").json.elements?.isEmpty ?? true)
        row(
            "a node that has to hold namespaces+landlock, \(profile)",
            isFit ? "it holds that; delivered" : "refused: \(message)")
    }

    /// What the profiles of cluster runtimes leave is enough for attempts.
    @Test func anAttemptRunsUnderTheProfileOfARuntime() throws {
        let world = try ClusterWorld(tasks: 1, more: "  sandbox_minimum: landlock", isConfined: true)
        guard world.isolation.contains("runc") else { return row("a confined node", "not run: no runc") }
        let run = try world.run()
        #expect(outcomes(run) == ["task-1": "delivered"], "\(run.output.text)\(run.errors.text)")
        row("a node that has to hold landlock, with what Docker's profile denies", "it holds that; delivered")
    }

    @Test func theAPIServerAndTheControlPlaneMayGoAwayMeanwhile() throws {
        let world = try ClusterWorld(tasks: 6)
        let (program, _) = try world.begin("--jobs", "2")
        waitUntil { world.pulls >= 1 }
        world.cluster.stopServer()
        world.killPlane()
        try world.cluster.startServer()
        try world.startPlane()
        let end = try JSON.parse(try #require(program.readLine()))
        let results = (end["dispatched"]?.elements ?? []).map { $0["outcome"]?.string }
        #expect(results.count == 6 && results.allSatisfy { $0 == "delivered" }, "\(end.text())")
        #expect(world.pulls == 6)
        row("API server and control plane started anew", "\(results.count) of 6 delivered once")
    }

    /// What a scheduler that was killed had begun goes on, counts, and is waited for by the next one.
    @Test func whatAKilledSchedulerBeganIsTakenOver() throws {
        let world = try ClusterWorld(tasks: 4)
        world.killPlane()
        let (_, process) = try world.begin("--jobs", "4")
        waitUntil { (try? world.jobs().count) == 4 }
        kill(process, SIGKILL)
        try world.startPlane()
        let run = try world.run("--jobs", "4")
        #expect(
            outcomes(run).count == 4 && outcomes(run).values.allSatisfy { $0 == "delivered" }, "\(run.output.text)"
        )
        #expect(try world.jobs().count == 4 && world.pulls == 4)
        row("scheduler killed", "4 Jobs taken over, none made twice")
    }

    /// A clock that is an hour off decides nothing.
    @Test func clocksMayDiffer() throws {
        let world = try ClusterWorld(tasks: 2)
        guard let library = ["/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"].first(where: FileSystem.exists)
        else {
            return row("clock skew", "not run: faketime is not installed")
        }
        let run = try world.run(extra: ["LD_PRELOAD": library, "FAKETIME": "+1h"])
        #expect(
            outcomes(run).values.sorted() == ["delivered", "delivered"], "\(run.output.text)\(run.errors.text)")
        row("clock skew of an hour", "\(outcomes(run).count) of 2 delivered")
    }
}
