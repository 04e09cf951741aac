internal import Basics
internal import Journal
internal import Runner

/// Follows all chains of the journal from time to time, so that a break is known within hours and not when somebody asks.
struct ChainKeeper {
    private static let age = Duration.seconds(6 * 3600)
    private static let pause: Int32 = 60_000

    private let context: Context

    init(_ context: Context) { self.context = context }

    func start(until ending: Cancellation) {
        Workers.inBackground { [self] in
            while true {
                ending.wait(atMost: Self.pause)
                guard !ending.isCancelled else { return }
                look()
            }
        }
    }

    /// Verifies unless that was done lately, by whichever process of this home.
    func look() {
        let trust = JournalTrust(context)
        if let last = trust.verified, !last.isBroken, last.at + Self.age > context.clock.now() { return }
        do throws(JournalError) {
            guard let found = try context.readJournal()?.verify() else { return }
            trust.remember(found)
            guard let broken = found.firstBreak else { return }
            context.observer.warning(
                JournalError.doesNotFit(broken, doing: "what was written before is still served"))
        } catch { context.observer.warning(error) }
    }
}
