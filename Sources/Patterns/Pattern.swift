internal import Basics
internal import CPCRE2

/// A regular expression in the dialect of PCRE2, over UTF-8; `^` and `$` match at the ends of lines.
package final class Pattern: Sendable {
    private static let lengthLimit = 1000
    /// In KiB.
    static let memoryLimit: UInt32 = 128 << 10

    package let text: String
    /// How many groups there are, apart from the whole match.
    package let groupCount: Int
    /// Never changes once it is compiled.
    nonisolated(unsafe) let code: OpaquePointer

    package init(_ text: String) throws(PatternError) {
        guard text.utf8.count <= Self.lengthLimit else {
            throw PatternError(problem: .tooLong(limit: Self.lengthLimit))
        }
        guard let settings = pcre2_compile_context_create_8(nil) else {
            throw PatternError(problem: .tooMuchMemory)
        }
        defer { pcre2_compile_context_free_8(settings) }
        pcre2_set_newline_8(settings, UInt32(PCRE2_NEWLINE_ANY))
        let options =
            UInt32(PCRE2_UTF) | UInt32(PCRE2_UCP) | UInt32(PCRE2_MULTILINE) | UInt32(PCRE2_ALT_CIRCUMFLEX)
            | UInt32(PCRE2_NEVER_BACKSLASH_C) | UInt32(PCRE2_AUTO_CALLOUT)
        var (problem, place) = (Int32(0), 0)
        let bytes = Array(text.utf8) + [0]
        guard let code = pcre2_compile_8(bytes, bytes.count - 1, options, &problem, &place, settings) else {
            throw PatternError(problem: .malformed(Self.words(problem), at: place))
        }
        (self.text, self.code) = (text, code)
        var count: UInt32 = 0
        pcre2_pattern_info_8(code, UInt32(PCRE2_INFO_CAPTURECOUNT), &count)
        groupCount = Int(count)
    }

    deinit { pcre2_code_free_8(code) }

    /// The number of a group with a name; `nil` when none has it.
    package func group(named name: String) -> Int? {
        let number = pcre2_substring_number_from_name_8(code, Array(name.utf8) + [0])
        return number > 0 ? Int(number) : nil
    }

    private static func words(_ code: Int32) -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        guard pcre2_get_error_message_8(code, &buffer, buffer.count) > 0 else { return "error \(code)" }
        return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
}
