package import Basics
internal import Glibc
internal import HTTP

/// Keeps somebody told of all objects of a kind: what there is, then what changes, whatever happens to the connection.
package struct ClusterWatch: Sendable {
    package enum News: Sendable {
        /// All that there are now; whatever was known before and is not among them is gone.
        case all([JSON])
        case changed(JSON)
        case removed(JSON)
        /// Nobody knows what happens from here on, until there is other news.
        case lost(ClusterError)
    }

    private let client: ClusterClient
    private let kind: ClusterKind
    private let selector: String?
    private let namespace: String
    private let longestPause: Duration

    package init(
        _ client: ClusterClient, _ kind: ClusterKind, selector: String?, in namespace: String,
        longestPause: Duration = .seconds(30)
    ) {
        (self.client, self.kind, self.selector, self.namespace) = (client, kind, selector, namespace)
        self.longestPause = longestPause
    }

    /// Until it is cancelled.
    package func run(_ cancellation: Cancellation, _ tell: (News) -> Void) {
        var (version, failures): (String?, Int) = (nil, 0)
        while !cancellation.isCancelled {
            let start = MonotonicTime.now
            var isMoving = false
            do throws(ClusterError) {
                try follow(from: &version, cancellation, tell) { (isMoving, failures) = (true, 0) }
                // A server that ends every watch at once is not asked again without a pause.
                if isMoving || MonotonicTime.now - start > .seconds(1) { continue }
                failures += 1
            } catch {
                if cancellation.isCancelled { return }
                failures += 1
                // What was forgotten there is asked for from the beginning, and at once; everything else goes on where
                // it was.
                if error.reason == .gone || error.reason == .invalid {
                    version = nil
                    if failures == 1 { continue }
                }
                tell(.lost(error))
            }
            pause(failures, cancellation)
        }
    }

    /// One watch, after a list where there is nothing to go on from.
    private func follow(
        from known: inout String?, _ cancellation: Cancellation, _ tell: (News) -> Void, _ succeeded: () -> Void
    ) throws(ClusterError) {
        if known == nil {
            let (items, version) = try client.list(kind, selector: selector, in: namespace)
            tell(.all(items))
            known = version
        }
        var version = known ?? ""
        defer { if known != nil { known = version } }
        try client.watch(
            kind, selector: selector, in: namespace, from: &version, cancellation: cancellation
        ) { event in
            succeeded()
            switch event {
            case .changed(let object): tell(.changed(object))
            case .removed(let object): tell(.removed(object))
            case .bookmark: break
            }
            return !cancellation.isCancelled
        }
    }

    /// Twice as long after each failure, and not the same for all who ask.
    private func pause(_ failures: Int, _ cancellation: Cancellation) {
        let longest = longestPause.milliseconds
        let usual = min(200 << Int64(min(failures - 1, 20)), longest)
        var wake = pollfd(fd: cancellation.descriptor, events: Int16(POLLIN), revents: 0)
        let share = 0.5 + HTTPTiming.system.random() / 2
        _ = poll(&wake, 1, Int32(Double(usual) * share))
    }
}
