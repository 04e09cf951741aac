internal import Glibc

/// Waits, for some seconds at most, until something that other processes do has happened.
package func waitUntil(_ condition: () -> Bool) {
    for _ in 0..<2000 {
        if condition() { return }
        _ = poll(nil, 0, 5)
    }
}
