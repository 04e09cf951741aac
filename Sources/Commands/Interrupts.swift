internal import Basics

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// Turns Ctrl-C and its kin into a request to stop, so that everything is cleaned up on the way out.
enum Interrupts {
    /// From now on SIGINT, SIGTERM and SIGHUP cancel; a second one ends the program at once.
    static func cancel(_ cancellation: Cancellation) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&signals, number) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        let context = Unmanaged.passRetained(cancellation).toOpaque()
        var thread = pthread_t()
        pthread_create(&thread, nil, waitForSignals, context)
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
        if cancellation.isCancelled { _exit(128 + number) }
        cancellation.cancel()
    }
    return nil
}
