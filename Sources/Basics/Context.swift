/// What a run takes from outside: passed in, so that nothing inside reads clock, chance or environment.
package struct Context: Sendable {
    package let environment: [String: String]
    package let clock: Clock
    package let zones: ZoneSource
    /// Whether times are shown exactly, in UTC.
    package let showsUTC: Bool
    package let identifiers: IdentifierSource
    package let cancellation: Cancellation
    package let observer: Observer
    package let failpoints: Failpoints
    /// Takes the run's secrets out of what it shows and keeps; `nil` where none are known.
    package let redaction: (any SecretRedaction)?

    package init(
        environment: [String: String], clock: Clock, zones: ZoneSource, showsUTC: Bool,
        identifiers: IdentifierSource, cancellation: Cancellation, observer: Observer,
        redaction: (any SecretRedaction)? = nil
    ) {
        (self.environment, self.clock, self.identifiers) = (environment, clock, identifiers)
        (self.zones, self.showsUTC) = (zones, showsUTC)
        (self.cancellation, self.observer, self.redaction) = (cancellation, observer, redaction)
        failpoints = Failpoints(environment: environment)
    }

    /// How moments are shown to a person.
    package var times: TimeText { TimeText(zones, clock, isExact: showsUTC) }

    /// The same with one more variable, which children see as well.
    package func with(_ name: String, _ value: String) -> Context {
        Context(
            environment: environment.merging([name: value]) { $1 }, clock: clock, zones: zones, showsUTC: showsUTC,
            identifiers: identifiers, cancellation: cancellation, observer: observer, redaction: redaction)
    }

    /// The same, where nobody is told a secret.
    package func redacting(_ redaction: any SecretRedaction) -> Context {
        let observer = observer
        return Context(
            environment: environment, clock: clock, zones: zones, showsUTC: showsUTC, identifiers: identifiers,
            cancellation: cancellation,
            observer: Observer(
                progress: { observer.progress(redaction.redacted($0)) },
                warning: { observer.warning(redaction.redacted($0)) }, waiting: observer.waiting,
                stage: observer.stage),
            redaction: redaction)
    }
}

/// Is told what happens along the way and ends up in no result; who made the context decides who sees it.
package struct Observer: Sendable {
    /// One line of how a program's or an executor's work goes.
    package let progress: @Sendable (String) -> Void
    /// Something that ends nothing and that nobody may lose, such as a file that could not be read.
    package let warning: @Sendable (any ExplainedError) -> Void
    /// A lock of another process makes the run wait.
    package let waiting: @Sendable () -> Void
    /// A part of the run begins or ends.
    package let stage: @Sendable (StageChange) -> Void

    package init(
        progress: @escaping @Sendable (String) -> Void, warning: @escaping @Sendable (any ExplainedError) -> Void,
        waiting: @escaping @Sendable () -> Void, stage: @escaping @Sendable (StageChange) -> Void
    ) {
        (self.progress, self.warning, self.waiting, self.stage) = (progress, warning, waiting, stage)
    }

    /// Tells nobody.
    package static let silent = Observer(progress: { _ in }, warning: { _ in }, waiting: {}, stage: { _ in })
}
