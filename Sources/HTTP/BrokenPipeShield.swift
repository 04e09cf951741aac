internal import Glibc

/// Keeps a peer that hangs up from ending the program with SIGPIPE.
///
/// libcurl leaves signals alone when told that there are threads, and not every TLS library it may come with
/// writes to its sockets without raising one.
enum BrokenPipeShield {
    static func during<Result, Failure>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        var pipeSignal = sigset_t()
        var before = sigset_t()
        sigemptyset(&pipeSignal)
        sigaddset(&pipeSignal, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &pipeSignal, &before)
        defer {
            if sigismember(&before, SIGPIPE) == 0 { swallowPending(&pipeSignal) }
            pthread_sigmask(SIG_SETMASK, &before, nil)
        }
        return try body()
    }

    private static func swallowPending(_ signals: inout sigset_t) {
        var pending = sigset_t()
        guard sigpending(&pending) == 0, sigismember(&pending, SIGPIPE) == 1 else { return }
        var received: Int32 = 0
        sigwait(&signals, &received)
    }
}
