package import Basics

/// Why a pattern cannot be used, or a search was given up.
package struct PatternError: ExplainedError {
    package enum Problem: Sendable, Equatable {
        case tooLong(limit: Int)
        case malformed(String, at: Int)
        case notText
        /// The search took more steps than a file of that size is allowed.
        case tooManySteps(limit: UInt64)
        case tooMuchMemory
        case stopped(Deadline.End)
        case failed(Int32)
    }

    package let problem: Problem

    package var message: String {
        switch problem {
        case .tooLong(let limit): "'pattern' is longer than \(limit) bytes"
        case .malformed(let reason, let place): "'pattern' cannot be read: \(reason) at byte \(place)"
        case .notText: "it is not UTF-8 text"
        case .tooManySteps(let limit):
            "looking for 'pattern' takes more than \(limit) steps, which is the limit for a file of that size"
        case .tooMuchMemory: "looking for 'pattern' takes more than \(Pattern.memoryLimit >> 10) MB of memory"
        case .stopped(.cancelled): "looking for 'pattern' was interrupted"
        case .stopped(.passed(let time)):
            "looking for 'pattern' did not end within the attempt's time of \(DurationText.text(time))"
        case .failed(let code): "the pattern engine failed with error \(code)"
        }
    }

    package var hint: String? {
        switch problem {
        case .tooManySteps, .tooMuchMemory:
            "it tries too many ways to match; avoid repetitions inside of repetitions and side by side, such as (a+)+ or a+a+"
        case .stopped(.passed): "make 'pattern' more particular, or raise limits.attempt_timeout in the policy"
        default: nil
        }
    }
}
