internal import Basics
internal import Glibc
internal import Synchronization

/// Turns Ctrl-C and its kin into a request to stop, so that everything is cleaned up on the way out.
enum Interrupts {
    /// While a person reads in a pager Ctrl-C is the pager's.
    static let isInPager = Atomic(false)

    /// Whether Ctrl-C or its kin came, since they were listened for.
    static let isRequested = Atomic(false)
    private static let isListening = Atomic(false)

    /// Listens in a command that has nothing to cancel, so that a question can end in its own words.
    static func listen() {
        if !isListening.load(ordering: .relaxed) { cancel(Cancellation()) }
    }

    /// From now on SIGINT, SIGTERM and SIGHUP cancel; a second one ends the program at once.
    static func cancel(_ cancellation: Cancellation) {
        isListening.store(true, ordering: .relaxed)
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let context = Unmanaged.passRetained(cancellation)
        var thread = pthread_t()
        guard pthread_create(&thread, nil, waitForSignals, context.toOpaque()) == 0 else {
            // Nobody would ever look at a blocked signal: let each end the program at once.
            context.release()
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            return
        }
        pthread_detach(thread)
    }
}

private func waitForSignals(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let cancellation = Unmanaged<Cancellation>.fromOpaque(context).takeRetainedValue()
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
    var number: Int32 = 0
    while sigwait(&signals, &number) == 0 {
        if number == SIGINT, Interrupts.isInPager.load(ordering: .relaxed) { continue }
        if cancellation.isCancelled { _exit(128 + number) }
        Interrupts.isRequested.store(true, ordering: .relaxed)
        cancellation.cancel()
    }
    return nil
}
