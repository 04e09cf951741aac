package import Basics
package import Journal
package import Model

/// What a person may switch, whether by a command or through the control plane: one place that does it and records it.
package struct HomeControls {
    private let context: Context
    /// Opened when there is something to record: a switch that is a file works without it.
    private let journal: () throws(JournalError) -> any JournalStore

    package init(_ context: Context, _ journal: @escaping () throws(JournalError) -> any JournalStore) {
        (self.context, self.journal) = (context, journal)
    }

    /// Records in the journal of the home.
    package init(_ context: Context) {
        self.init(context) { () throws(JournalError) in try context.journal() }
    }

    /// Lets the scheduler take tasks of one target that is known, or of all, or not.
    package func switchAutonomy(_ isOn: Bool, of target: String?, reason: String?) throws(StageError) {
        try record(isOn ? .autonomyEnabled : .autonomyDisabled, of: target, reason: reason)
    }

    /// Of every target the breakers of services are closed as well.
    package func resetBreakers(of target: String?, reason: String?) throws(StageError) {
        if target == nil { for service in try openServices() { try close(service, reason) } }
        try record(.breakerReset, of: target, reason: reason)
    }

    package func resetBreaker(of service: Service, reason: String?) throws(StageError) {
        guard try openServices().contains(service) else {
            throw StageError(
                .invalid, "nothing counts against '\(service.name)'",
                hint: "'leviathan breaker list' shows what does")
        }
        try close(service, reason)
    }

    private func openServices() throws(StageError) -> [Service] {
        try StageError.journaled { () throws(JournalError) in
            try journal().serviceBreakers().compactMap(ServiceBreaker.init).map(\.service)
        }
    }

    private func close(_ service: Service, _ reason: String?) throws(StageError) {
        try append(.other(.breakerReset, ["service": .string(service.name), "reason": .optional(reason)]))
    }

    private func record(_ type: EventType, of target: String?, reason: String?) throws(StageError) {
        if let target {
            let store = try StageError.journaled { () throws(JournalError) in try journal() }
            try KnownTargets(context, store).demand(target)
        }
        let named = target.map { [JSON.Member("target", .string($0))] } ?? []
        // As it stands on the wire: the event itself would know neither the target nor the reason.
        try append(.other(type, .object(named + [JSON.Member("reason", .optional(reason))])))
    }

    /// Stops everything, and then records it: the order holds by then, whatever becomes of the record.
    package func stop(reason: String?, endsRunning: Bool) throws(StageError) -> StopOrder {
        let order = try StopSwitch(context).stop(reason: reason, endsRunning: endsRunning)
        do throws(JournalError) {
            let facts: JSON = ["reason": .optional(order.reason), "now": .bool(order.endsRunning)]
            try journal().append([context.event(.other(.runStopped, facts))])
        } catch { context.observer.warning(error) }
        return order
    }

    /// Lifts the order to stop; whether there was one.
    package func resume(reason: String? = nil) throws(StageError) -> Bool {
        let wasStopped = try StopSwitch(context).resume()
        if wasStopped {
            try append(reason.map { Event.other(.runResumed, ["reason": .string($0)]) } ?? .runResumed)
        }
        return wasStopped
    }

    /// Declares an attempt that has ended void.
    package func invalidate(_ attempt: AttemptRecord, reason: String?) throws(StageError) {
        guard attempt.state != "created", attempt.state != "running" else {
            throw StageError(.refusal, "\(attempt.id) still runs", hint: "interrupt it first")
        }
        try append(
            .attemptInvalidated(reason: reason),
            about: EventSubject(target: attempt.target, task: attempt.task, attempt: attempt.id))
    }

    /// Lets a task be tried again that failed too often or was declined: pull requests that people closed or merged
    /// count no more.
    package func retry(_ task: String, of target: String, reason: String? = nil) throws(StageError) {
        let settled = try StageError.journaled { () throws(JournalError) in
            try journal().deliveries(target: target, task: task).ended.sorted()
        }
        let facts = [
            JSON.Member("target", .string(target)), JSON.Member("task_id", .string(task)),
            JSON.Member("settled", .array(settled.map { .integer($0) })),
        ]
        let given = reason.map { [JSON.Member("reason", .string($0))] } ?? []
        try append(.other(.taskUnblocked, .object(facts + given)))
    }

    /// Keeps the events of a target whatever their age, or no more; false where that was so already.
    package func hold(_ target: String, _ isHeld: Bool, reason: String) throws(StageError) -> Bool {
        let store = try StageError.journaled { () throws(JournalError) in try journal() }
        let wasHeld = try StageError.journaled { () throws(JournalError) in
            try store.holds().contains { $0.target == target }
        }
        if !wasHeld { try KnownTargets(context, store).demand(target) }
        guard wasHeld != isHeld else { return false }
        let facts: JSON = ["held": .string(target), "reason": .string(reason)]
        try append(.other(isHeld ? .holdPlaced : .holdLifted, facts))
        return true
    }

    /// Lets the scheduler look at a target, or not.
    package func enable(_ isEnabled: Bool, _ target: TargetRegistration, reason: String? = nil) throws(StageError)
    {
        var target = target
        target.enabled = isEnabled
        try TargetRegistry(context).write(target)
        let described = [
            JSON.Member("url", .string(target.repositoryURL)),
            JSON.Member("default_branch", .optional(target.defaultBranch)),
            JSON.Member("enabled", .bool(isEnabled)),
        ]
        try append(.other(.targetUpdated, facts(target, described, reason)))
    }

    /// Forgets a target and removes its clone; the journal keeps what was done.
    package func remove(_ target: TargetRegistration, reason: String? = nil) throws(StageError) {
        try TargetClone(target, context).remove()
        try TargetRegistry(context).remove(target)
        try append(.other(.targetRemoved, facts(target, [], reason)))
    }

    private func facts(_ target: TargetRegistration, _ further: [JSON.Member], _ reason: String?) -> JSON {
        let given = reason.map { [JSON.Member("reason", .string($0))] } ?? []
        return .object([JSON.Member("target", .string(target.name))] + further + given)
    }

    /// Registers a target that `TargetAddition` has described and read.
    package func registered(_ target: TargetRegistration) throws(StageError) {
        try append(
            .targetRegistered(
                Event.TargetDescription(url: target.repositoryURL, defaultBranch: target.defaultBranch)),
            about: EventSubject(target: target.name))
    }

    private func append(_ event: Event, about subject: EventSubject = EventSubject()) throws(StageError) {
        let draft = context.event(event, about: subject)
        try StageError.journaled { () throws(JournalError) in _ = try journal().append([draft]) }
    }
}
