/// What a run takes from outside: passed in, so that nothing inside reads clock, chance or environment.
package struct Context: Sendable {
    package let environment: [String: String]
    package let clock: Clock
    package let identifiers: IdentifierSource
    package let cancellation: Cancellation
    package let observer: Observer
    package let failpoints: Failpoints

    package init(
        environment: [String: String], clock: Clock, identifiers: IdentifierSource, cancellation: Cancellation,
        observer: Observer
    ) {
        (self.environment, self.clock, self.identifiers) = (environment, clock, identifiers)
        (self.cancellation, self.observer) = (cancellation, observer)
        failpoints = Failpoints(environment: environment)
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

    package init(
        progress: @escaping @Sendable (String) -> Void, warning: @escaping @Sendable (any ExplainedError) -> Void,
        waiting: @escaping @Sendable () -> Void
    ) {
        (self.progress, self.warning, self.waiting) = (progress, warning, waiting)
    }

    /// Tells nobody.
    package static let silent = Observer(progress: { _ in }, warning: { _ in }, waiting: {})
}
