package import API
package import Basics
internal import Forges
package import HTTPServer
internal import Journal
internal import Model
package import ObjectStorage
package import Runner
package import Secrets
package import Synchronization

/// One home as the control plane serves it: what its handlers work with.
package final class ControlPlaneHome: Sendable {
    package let context: Context
    package let journals: JournalPool
    package let access: AccessControl
    package let feed: EventFeed
    package let version: String
    /// This program's own file, which carries tasks out as a child.
    let program: String
    let triggers: TriggerTable
    let hooks: HookQueue
    let githubApps: GitHubAppFiles
    /// Whoever computes something for long ends with the process.
    let ending = Cancellation()
    let measurements = HTTPMeasurements()
    let queueFacts = QueueFacts()
    let anomalyFacts = AnomalyFacts()
    /// Sends traces, where a receiver is named.
    package let traces: TraceExporter?
    let artifactFiles: ArtifactFiles
    let artifactStore: any ArtifactStore
    /// Where people get artifacts by a link; `nil` where they are files.
    let bucket: ArtifactBucket?
    /// What this process does alone among those that serve the same journal.
    package let duties = Mutex<Set<Duty>>([])

    package init(
        _ context: Context, _ journals: JournalPool, _ access: AccessControl, version: String, program: String,
        traces: TraceSettings? = nil, bucket: S3Settings? = nil,
        secrets: @escaping @Sendable (String) -> Secret? = { _ in nil }
    ) {
        (self.context, self.journals, self.access) = (context, journals, access)
        (self.version, self.program) = (version, program)
        feed = EventFeed(journals, access) { context.observer.warning($0) }
        triggers = TriggerTable(access.shared, context)
        self.traces = traces.map { TraceExporter($0, context, journals, version: version) }
        self.bucket = bucket.map { ArtifactBucket($0, clock: context.clock, userAgent: "leviathan/" + version) }
        let files = ArtifactFiles(root: context.home + "/artifacts")
        artifactFiles = files
        if let bucket = self.bucket {
            artifactStore = ArtifactsWithBucket(files: files, bucket: bucket)
        } else {
            artifactStore = files
        }
        githubApps = GitHubAppFiles(home: context.home)
        hooks = HookQueue(context, secrets)
    }

    /// Reads what is written, until `stop`.
    package func start() {
        feed.start()
        traces?.begin()
    }

    /// Does what one process alone does from time to time, until it ends.
    package func keep(until ending: Cancellation) {
        ChainKeeper(context).start(until: ending)
        traces?.start(until: ending)
        // A remote that does not answer holds nothing else up.
        Workers.inBackground { [self] in
            while !ending.isCancelled {
                telling { try anchor() }
                ending.wait(atMost: Self.anchorPause)
            }
        }
        while !ending.isCancelled {
            telling { try recoverExpired() }
            ending.wait(atMost: 5000)
        }
    }

    /// Lets the others that serve this journal know that this process is there, and looks whether all are of one home,
    /// until it ends.
    package func announce(at place: String) {
        Workers.inBackground { [self] in
            var told: Set<String> = []
            while !ending.isCancelled {
                telling { try announce(place, &told) }
                ending.wait(atMost: Int32(ServingProcesses.pause.milliseconds))
            }
        }
    }

    private var processes: ServingProcesses { ServingProcesses(access.shared, context.clock) }

    private func announce(_ place: String, _ told: inout Set<String>) throws {
        let name = try context.homeName()
        try processes.announce(
            ServingProcesses.Process(id: triggers.process, place: place, home: name, path: context.home))
        for stranger in try processes.strangers(to: name) where told.insert(stranger.home).inserted {
            context.observer.warning(SeparateHomes.warning(stranger))
        }
    }

    private static let anchorPause: Int32 = 15 * 60 * 1000

    /// Writes the heads of all chains down outside of the journal.
    func anchor() throws { try journals.with { try PlaneAnchors(context).keep($0) } }

    private func telling(_ body: () throws -> Void) {
        do { try body() } catch {
            context.observer.warning(error as? any ExplainedError ?? Problem(error).explained)
        }
    }

    /// A task that was asked for has ended.
    func ended(_ trigger: TriggerTable.Trigger, _ outcome: JSON) {
        telling { try triggers.end(trigger, outcome) }
        feed.notify()
    }

    package func stop() {
        ending.cancel()
        feed.stop()
        telling { try processes.leave(triggers.process) }
    }

    /// What the caller does is recorded under the caller's name.
    func context(of call: APICall) -> Context { context.acting(as: call.principal.name) }

    /// Switches, on the caller's behalf, through a journal that is lent.
    func controls(_ call: APICall, _ journal: any JournalStore) -> HomeControls {
        // The store is used here and now, on the thread that borrowed it.
        HomeControls(context(of: call)) { () throws(JournalError) in journal }
    }

    /// A switch is looked at and set by one request at a time, so that nobody overwrites what they have not seen; a file
    /// that is locked holds for every process that serves this home.
    func switching<Result>(_ body: () throws -> Result) throws -> Result {
        let gate = try FileLock.gate(context.home + "/switches.lock")
        defer { gate.release() }
        return try body()
    }
}

/// An endpoint with what carries it out.
package struct Operation: Sendable {
    package let endpoint: Endpoint
    package let handle: @Sendable (APICall, ControlPlaneHome) throws -> ServerResponse

    package init(
        _ endpoint: Endpoint, _ handle: @escaping @Sendable (APICall, ControlPlaneHome) throws -> ServerResponse
    ) {
        (self.endpoint, self.handle) = (endpoint, handle)
    }
}

extension Endpoint {
    /// The same, changed: declarations stay one expression.
    func with(_ change: (inout Endpoint) -> Void) -> Endpoint {
        var endpoint = self
        change(&endpoint)
        return endpoint
    }
}
