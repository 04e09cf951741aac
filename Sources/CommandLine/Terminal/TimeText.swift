package import Basics
internal import Glibc

/// Times as tables show them.
package enum TimeText {
    /// A recorded time to the second, with a space in place of the `T`.
    package static func short(_ timestamp: String) -> String {
        String(timestamp.prefix(19)).replacing("T", with: " ")
    }

    /// Hours, minutes and seconds in the machine's time zone.
    package static func timeOfDay(_ instant: Instant) -> String {
        var (seconds, parts) = (time_t(instant.secondsSinceEpoch), tm())
        localtime_r(&seconds, &parts)
        return [parts.tm_hour, parts.tm_min, parts.tm_sec].map { $0 < 10 ? "0\($0)" : "\($0)" }
            .joined(separator: ":")
    }
}
