package import Basics
package import Model
package import Processes

/// What an executor is told, and what it may use besides the files.
package struct Job {
    package let task: BacklogTask
    package let permission: Permission
    /// The limits in force for the task; `nil` where there are none to hold.
    package var limits: EffectiveLimits?
    /// The attempt's start: the only clock an executor has.
    package let now: Instant
    package var attempt = ""
    /// The commit that the change is made on, in hexadecimal.
    package var base = ""
    /// What the user's environment says, keys of services among it; no program sees it.
    package var environment: [String: String] = [:]
    /// What an earlier attempt declared, to be used again in place of asking anybody; `nil` for a new attempt.
    package var recorded: JSON?
    /// Starts programs where the files are; `nil` where nothing is checked out.
    package var programs: (any ProgramRunner)?
    /// Judges the files as they stand; `nil` where nobody waits for the answer.
    package var reviewer: (any WorkReviewer)?
    /// Until when the whole of it may take, and the request to stop.
    package var deadline = Deadline(cancellation: Cancellation())
    package var cancellation: Cancellation { deadline.cancellation }
    /// Told one line at a time how the work goes.
    package var progress: (String) -> Void = { _ in }
    /// Whom questions to services outside pass; `nil` where nobody shares them.
    package var services: (any ServiceGate)?
    /// Writes an event into the journal before the work goes on.
    package var record: (ExecutorEvent) throws(ExecutorError) -> Void = { (_) throws(ExecutorError) in }

    package init(task: BacklogTask, permission: Permission, now: Instant) {
        (self.task, self.permission, self.now) = (task, permission, now)
    }
}

/// Decides whether a service outside may be asked now, and is told how that went.
package protocol ServiceGate: AnyObject {
    func admit(_ host: String) throws(ExecutorError)

    /// It answered, whatever it said.
    func answered(_ host: String)

    /// It failed, or could not be reached, however often it was asked.
    func failed(_ host: String, _ reason: String)
}

/// Something that belongs into the journal while an executor works.
package enum ExecutorEvent: Sendable {
    case modelCallStarted(JSON)
    case modelCallCompleted(JSON)
}

/// Starts programs in the directory of a job's files, behind the job's fence.
///
/// What programs write there is seen by the job's `FileView`, and the other way round.
package protocol ProgramRunner: AnyObject {
    /// The directory that programs see the files in.
    var directory: String { get }

    /// Whether the policy lets programs reach the network.
    var opensNetwork: Bool { get }

    /// Runs the program to its end; the whole tree of processes is gone when this returns.
    func run(
        _ call: ProgramCall, onLine: ((Subprocess.OutputStream, String) -> Void)?
    ) throws(ExecutorError) -> ProcessOutcome

    /// What the fence seems to have kept from a program that failed, and which key would allow it.
    func advice(on outcome: ProcessOutcome) -> String?
}

extension ProgramRunner {
    package func advice(on outcome: ProcessOutcome) -> String? { nil }
}

/// A program to start; where, behind which fence and with which further environment is the runner's affair.
package struct ProgramCall: Sendable {
    /// The program and its arguments.
    package var arguments: [String]
    /// Added to what every fenced program sees.
    package var environment: [String: String] = [:]
    package var input = Subprocess.Input.none
    /// Bytes that the program can read on the descriptors 3 and following.
    package var documents: [[UInt8]] = []
    /// At most this long; the attempt's own limit holds besides.
    package var timeout: Duration?
    /// Ends the program before its time; follows the job's own.
    package var cancellation: Cancellation?
    package var captureLimit = Subprocess.CaptureLimit()

    package init(_ arguments: [String]) { self.arguments = arguments }
}

/// Judges work that is still under way.
package protocol WorkReviewer: AnyObject {
    /// What policy and invariants would say of the files as they are, one finding a text; empty when nothing.
    func findings() throws(ExecutorError) -> [String]
}
