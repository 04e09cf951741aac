internal import Glibc

/// Waits for a condition that something outside brings about; gives up after ten seconds.
package func waitUntil(_ condition: () -> Bool) {
    for _ in 0..<2000 where !condition() { _ = poll(nil, 0, 5) }
}
