package import Basics
internal import Journal
internal import Model
internal import Notifications
internal import Runner
internal import Synchronization

/// Tells people what a look of the scheduler came to: what the journal has had since the last time, and what is held.
///
/// Nothing of it fails a run or keeps it waiting for long: what cannot be told now is told later.
package struct RunNotices {
    private let context: Context

    package init(_ context: Context) { self.context = context }

    /// Takes in what there is to tell, and sends what is due beside whatever comes next.
    package func tell(_ result: CycleResult) -> NoticeDelivery {
        let delivery = NoticeDelivery(context)
        do {
            let machine = try MachineConfiguration.read(context)
            guard !machine.notifications.channels.isEmpty else { return delivery }
            let notifier = Notifier(machine.notifications, directory: context.home + "/notifications", context)
            let journal = try context.readJournal()
            var failure: JournalError?
            try notifier.take { position in
                do throws(JournalError) {
                    let (events, head) = try Self.notices(journal, after: position)
                    return (events + held(result), head)
                } catch {
                    failure = error
                    return ([], position)
                }
            }
            if let failure { context.observer.warning(failure) }
            delivery.begin(notifier)
        } catch let error as any ExplainedError {
            context.observer.warning(error)
        } catch { context.observer.warning(StageError(.unexpected, "\(error)")) }
        return delivery
    }

    /// What was recorded since then; the first look tells nothing of what is long past.
    private static func notices(
        _ journal: Journal?, after position: Int?
    ) throws(JournalError) -> ([Notice], Int) {
        guard let journal else { return ([], 0) }
        let head = try journal.head().sequence
        guard let position else { return ([], head) }
        var query = EventQuery()
        (query.after, query.types) = (position, [.pullRequestCreated, .runStopped])
        return (try journal.events(query).compactMap(notice), head)
    }

    private static func notice(_ record: EventRecord) -> Notice? {
        guard let time = Instant(record.timestamp) else { return nil }
        let (target, task) = (record.subject.target, record.subject.task)
        switch record.event {
        case .pullRequestCreated(let request, _):
            return Notice(
                .pullRequestOpened, target: target, task: task, time: time,
                text: "pull request #\(request.number) is open for review",
                command: "leviathan show \(task ?? "")", url: request.url)
        case .runStopped:
            let reason = record.payload["reason"]?.string.map { ": \($0)" } ?? ""
            return Notice(
                .stopped, target: nil, time: time, text: "everything is stopped" + reason,
                command: "leviathan resume")
        default: return nil
        }
    }

    /// What waits until a person does something.
    private func held(_ result: CycleResult) -> [Notice] {
        var notices: [Notice] = []
        let now = context.clock.now()
        for (target, refusals) in result.held {
            for refusal in refusals where refusal.release == .byPerson {
                guard let topic = Self.topic(of: refusal) else { continue }
                notices.append(
                    Notice(
                        topic, target: target, task: topic == .breakerTripped ? nil : refusal.task, time: now,
                        text: refusal.short, command: Self.command(refusal, target)))
            }
        }
        return notices
    }

    /// `nil` for what people know of already: a proposal that they have not decided about, and their own orders.
    private static func topic(of refusal: Refusal) -> NotificationTopic? {
        switch refusal.reason {
        case .blocked, .attemptsUsedUp, .sameFailure, .invalid: .taskBlocked
        case .breakerOpen, .serviceOpen: .breakerTripped
        case .underReview, .stopped, .autonomyOff: nil
        default: .held
        }
    }

    private static func command(_ refusal: Refusal, _ target: String) -> String {
        switch refusal.reason {
        case .attemptsUsedUp, .sameFailure: "leviathan retry \(refusal.task)"
        case .breakerOpen: "leviathan breaker reset \(target)"
        case .serviceOpen(let trip): "leviathan breaker reset \(trip.breaker.service.name)"
        case .invalid: "leviathan lint"
        default: "leviathan next --all"
        }
    }
}

/// Messages on their way, beside the run.
package final class NoticeDelivery: Sendable {
    private static let patience = Duration.seconds(10)
    private let context: Context
    private let cancellation = Cancellation()
    private let done = Mailbox<Bool>()
    private let isUnderWay = Mutex(false)

    init(_ context: Context) { self.context = context }

    func begin(_ notifier: Notifier) {
        isUnderWay.withLock { $0 = true }
        let (done, cancellation, observer) = (done, cancellation, context.observer)
        Workers.inBackground {
            do throws(FileError) {
                for problem in try notifier.deliver(cancellation) { observer.warning(problem) }
            } catch { observer.warning(error) }
            done.put(true)
        }
    }

    /// Waits until they are sent, and not for long; what is left stays in the spool.
    package func finish() {
        guard isUnderWay.withLock({ $0 }) else { return }
        if !done.wait(for: Self.patience) { cancellation.cancel() }
    }
}
