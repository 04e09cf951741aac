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
            let registered = try TargetRegistry(context).all().compactMap { entry in try? entry.get().name }
            let words = Words(registered: Set(registered))
            let notifier = Notifier(machine.notifications, directory: context.home + "/notifications", context)
            let journal = try context.readJournal()
            var failure: JournalError?
            try notifier.take { position in
                do throws(JournalError) {
                    let (events, head) = try Self.notices(journal, after: position, words)
                    return (events + held(result, words), head)
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
        _ journal: Journal?, after position: Int?, _ words: Words
    ) throws(JournalError) -> ([Notice], Int) {
        guard let journal else { return ([], 0) }
        let head = try journal.head().sequence
        guard let position else { return ([], head) }
        var query = EventQuery()
        (query.after, query.types) = (position, [.pullRequestCreated, .runStopped])
        return (try journal.events(query).compactMap { notice($0, words) }, head)
    }

    private static func notice(_ record: EventRecord, _ words: Words) -> Notice? {
        guard let time = Instant(record.timestamp) else { return nil }
        let (target, task) = (record.subject.target, record.subject.task)
        switch record.event {
        case .pullRequestCreated(let request, _):
            return Notice(
                .pullRequestOpened, target: target, task: task, time: time,
                text: "pull request #\(request.number) is open for review",
                command: "leviathan show \(task ?? "")" + words.named(target), url: request.url)
        case .runStopped:
            let reason = record.payload["reason"]?.string.map { ": \($0)" } ?? ""
            return Notice(
                .stopped, target: nil, time: time, text: "everything is stopped" + reason,
                command: "leviathan resume")
        default: return nil
        }
    }

    /// What waits until a person does something.
    private func held(_ result: CycleResult, _ words: Words) -> [Notice] {
        var notices: [Notice] = []
        let now = context.clock.now()
        for (target, refusals) in result.held {
            for refusal in refusals where refusal.release == .byPerson {
                guard let topic = Self.topic(of: refusal) else { continue }
                notices.append(
                    Notice(
                        topic, target: target, task: topic == .breakerTripped ? nil : refusal.task, time: now,
                        text: refusal.short, command: words.command(refusal, target)))
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

    /// What a message names as the next command.
    private struct Words {
        /// Whoever reads it may stand anywhere on the machine, where the target is registered.
        let registered: Set<String>

        func named(_ target: String?) -> String {
            guard let target, registered.contains(target) else { return "" }
            return " --target \(target)"
        }

        func command(_ refusal: Refusal, _ target: String) -> String {
            switch refusal.reason {
            case .attemptsUsedUp, .sameFailure: "leviathan retry \(refusal.task)" + named(target)
            case .breakerOpen: "leviathan breaker reset \(target)"
            case .serviceOpen(let trip): "leviathan breaker reset \(trip.breaker.service.name)"
            case .invalid: "leviathan lint"
            default: "leviathan next --all"
            }
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
