import Basics
import HTTP
import Synchronization
import TestSupport

/// A client that never retries, for tests of one attempt.
func plainClient(
    retry: RetryPolicy = .never, proxies: ProxySettings = .none, caBundle: String? = nil,
    timing: HTTPTiming = .system, trace: @escaping @Sendable (HTTPTraceEvent) -> Void = { _ in }
) -> HTTPClient {
    HTTPClient(
        userAgent: "leviathan-test", retry: retry, proxies: proxies, caBundle: caBundle, timing: timing,
        trace: trace)
}

/// The error that a request ends in; `nil` when it is answered.
func failure(
    _ request: HTTPRequest, _ client: HTTPClient = plainClient(), cancellation: Cancellation? = nil
) -> HTTPError? {
    do throws(HTTPError) {
        _ = try client.send(request, cancellation: cancellation)
        return nil
    } catch {
        return error
    }
}

/// Time that stands still, pauses that are only written down, and chance that is no chance.
final class RecordedTiming: Sendable {
    static let start = Instant(secondsSinceEpoch: 1_700_000_000)

    private let recorded = Mutex<[Duration]>([])
    let onSleep: @Sendable (Cancellation?) -> Void
    let random: Double

    init(random: Double = 0, onSleep: @escaping @Sendable (Cancellation?) -> Void = { _ in }) {
        (self.random, self.onSleep) = (random, onSleep)
    }

    var pauses: [Duration] { recorded.withLock { $0 } }

    var timing: HTTPTiming {
        HTTPTiming(
            now: { Self.start },
            sleep: { duration, cancellation in
                self.recorded.withLock { $0.append(duration) }
                self.onSleep(cancellation)
            },
            random: { self.random })
    }
}

/// What a client traced.
final class RecordedTrace: Sendable {
    private let recorded = Mutex<[HTTPTraceEvent]>([])

    var events: [HTTPTraceEvent] { recorded.withLock { $0 } }

    /// Everything that a log could show of it.
    var everything: String {
        var text = ""
        for event in events {
            text += event.description + "\n"
            dump(event, to: &text)
        }
        return text
    }

    var hook: @Sendable (HTTPTraceEvent) -> Void { { event in self.recorded.withLock { $0.append(event) } } }
}

extension Array<UInt8> {
    init(_ text: String) { self.init(text.utf8) }
}

/// Counts requests by connection.
final class RequestCounter: Sendable {
    private let counts = Mutex<[Int: Int]>([:])

    /// How many there were on the connection, this one included.
    func count(on connection: Int) -> Int {
        counts.withLock { counts in
            counts[connection, default: 0] += 1
            return counts[connection] ?? 0
        }
    }
}

/// What several threads found.
final class Results: Sendable {
    private let found = Mutex<[Bool]>([])

    func add(_ result: Bool) { found.withLock { $0.append(result) } }

    var all: [Bool] { found.withLock { $0 } }
}

/// Files that the zlib of another program has compressed.
enum Compressed {
    /// Makes `gzip` and `deflate` in the directory, of what the Python expression says.
    static func make(_ expression: String, in directory: TemporaryDirectory) throws {
        _ = try BackgroundProgram.run([
            "python3", "-c",
            """
            import gzip, sys, zlib
            data = \(expression)
            open(sys.argv[1] + "/gzip", "wb").write(gzip.compress(data))
            open(sys.argv[1] + "/deflate", "wb").write(zlib.compress(data))
            """, directory.path,
        ])
    }
}

/// A value that a server's closure reads after it was made.
final class Box: Sendable {
    private let held: Mutex<String>

    init(_ value: String) { held = Mutex(value) }

    var value: String {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }
}
