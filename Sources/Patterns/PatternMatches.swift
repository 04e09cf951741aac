package import Basics
internal import CPCRE2

/// Where a pattern matches in one text, from the first place to the last, within one budget for all of them.
///
/// The budget grows with the text and with nothing else, so that the same text always has the same answer; the
/// deadline ends what takes too long on a slow machine.
package final class PatternMatches {
    private static let stepsAtLeast: UInt64 = 1_000_000
    private static let stepsPerByte: UInt64 = 64

    private let pattern: Pattern
    /// The text, with a zero behind it so that it has an address even when it is empty.
    private let bytes: [UInt8]
    private let deadline: Deadline
    private let data: OpaquePointer
    private let context: OpaquePointer
    private var budget = cpcre2_budget()
    private var end: Deadline.End?
    /// Where the next match may begin; behind the text when there is none any more.
    private var start = 0

    package init(of pattern: Pattern, in bytes: [UInt8], until deadline: Deadline) throws(PatternError) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw PatternError(problem: .notText) }
        guard let data = pcre2_match_data_create_from_pattern_8(pattern.code, nil) else {
            throw PatternError(problem: .tooMuchMemory)
        }
        guard let context = pcre2_match_context_create_8(nil) else {
            pcre2_match_data_free_8(data)
            throw PatternError(problem: .tooMuchMemory)
        }
        // The budget counts over all places; the engine's own limit would count at each anew.
        pcre2_set_match_limit_8(context, .max)
        pcre2_set_heap_limit_8(context, Pattern.memoryLimit)
        (self.pattern, self.bytes, self.deadline) = (pattern, bytes + [0], deadline)
        (self.data, self.context) = (data, context)
        budget.limit = Self.stepsAtLeast + Self.stepsPerByte * UInt64(bytes.count)
    }

    deinit {
        pcre2_match_context_free_8(context)
        pcre2_match_data_free_8(data)
    }

    /// What the searches have taken so far.
    package var steps: UInt64 { budget.steps }

    /// The ranges of the next match and of its groups, `nil` for a group that took no part; `nil` behind the last match.
    package func next() throws(PatternError) -> [Range<Int>?]? {
        let count = bytes.count - 1
        guard start <= count else { return nil }
        budget.context = Unmanaged.passUnretained(self).toOpaque()
        budget.look = { context in
            guard let context else { return 1 }
            return Unmanaged<PatternMatches>.fromOpaque(context).takeUnretainedValue().look()
        }
        let code = bytes.withUnsafeBufferPointer { text in
            cpcre2_match(pattern.code, text.baseAddress, count, start, data, context, &budget)
        }
        guard code >= 0 else {
            start = count + 1
            if code == PCRE2_ERROR_NOMATCH { return nil }
            throw PatternError(problem: problem(code))
        }
        let ranges = ranges()
        guard let whole = ranges[0] else { return nil }
        start = whole.upperBound
        if whole.isEmpty {
            repeat { start += 1 } while start < count && bytes[start] & 0xC0 == 0x80
        }
        return ranges
    }

    private func ranges() -> [Range<Int>?] {
        guard let ends = pcre2_get_ovector_pointer_8(data) else { return [nil] }
        return (0...pattern.groupCount).map { group in
            let (low, high) = (ends[2 * group], ends[2 * group + 1])
            return 0 <= low && low <= high && high < bytes.count ? low..<high : nil
        }
    }

    private func look() -> Int32 {
        end = deadline.reached
        return end == nil ? 0 : 1
    }

    private func problem(_ code: Int32) -> PatternError.Problem {
        switch code {
        case Int32(CPCRE2_OVER_BUDGET): .tooManySteps(limit: budget.limit)
        case Int32(CPCRE2_STOPPED): .stopped(end ?? .cancelled)
        case PCRE2_ERROR_MATCHLIMIT: .tooManySteps(limit: budget.limit)
        case PCRE2_ERROR_HEAPLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_NOMEMORY: .tooMuchMemory
        default: .failed(code)
        }
    }
}
