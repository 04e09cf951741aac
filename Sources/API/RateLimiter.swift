package import Basics
internal import Synchronization

/// Buckets of requests, one for each caller, which fill up again with time.
package final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: MonotonicTime
    }

    /// More callers than this at once are told apart no longer: those that were quiet longest are forgotten.
    private static let callerLimit = 20_000

    private let buckets = Mutex<[String: Bucket]>([:])
    private let perSecond: Double
    private let burst: Double

    package init(perSecond: Double, burst: Double) { (self.perSecond, self.burst) = (perSecond, burst) }

    /// `nil` where the request may go on; else how many seconds to wait.
    package func delay(for caller: String, at now: MonotonicTime = .now) -> Int? {
        buckets.withLock { buckets in
            if buckets.count >= Self.callerLimit, buckets[caller] == nil {
                buckets = buckets.filter { refilled($0.value, now) < burst }
                if buckets.count >= Self.callerLimit { return 1 }
            }
            var bucket = buckets[caller] ?? Bucket(tokens: burst, filled: now)
            bucket.tokens = refilled(bucket, now)
            bucket.filled = now
            defer { buckets[caller] = bucket }
            guard bucket.tokens < 1 else {
                bucket.tokens -= 1
                return nil
            }
            return max(1, Int(((1 - bucket.tokens) / perSecond).rounded(.up)))
        }
    }

    private func refilled(_ bucket: Bucket, _ now: MonotonicTime) -> Double {
        let seconds = Double((now - bucket.filled).milliseconds) / 1000
        return min(burst, bucket.tokens + max(0, seconds) * perSecond)
    }
}
