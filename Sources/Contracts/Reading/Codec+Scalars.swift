internal import Basics
internal import Model
internal import Paths
internal import YAML

extension Codec where Value == String {
    /// Text that is not empty.
    static let text = Codec("text", plural: "texts", schema: ["type": "string", "pattern": "\\S"]) {
        node, context in
        guard let text = node.text(in: &context, expected: "text") else { return nil }
        if text.allSatisfy(\.isWhitespace) {
            context.report(.emptyValue, "\(context.subject) is empty", at: node.span)
            return nil
        }
        return text
    }

    /// Text that may be empty, as a description may.
    static let prose = Codec("text", plural: "texts", schema: ["type": "string"]) { node, context in
        node.text(in: &context, expected: "text")
    }

    /// Text, or a number that somebody did not put in quotes, such as a commit of digits only.
    static let word = Codec("text", plural: "texts", schema: ["type": ["string", "number", "boolean"]]) {
        node, context in
        if let text = node.scalarText { return text }
        context.reportWrongType(node, expected: "text")
        return nil
    }

    /// Text that can name a branch; what it may not be is left to the rule about ids.
    static let taskID = Codec(
        "an id in kebab-case", plural: "ids",
        schema: [
            "type": "string", "pattern": .string(#"^(?![-.])(?!.*\.\.)(?!.*(\.|\.lock)$)[A-Za-z0-9._-]{1,100}$"#),
        ], read: Codec.text.read)

    /// The name of a builtin check; whether there is one is left to the rule about invariants.
    static let builtin = Codec(
        "one of " + InvariantFormat.builtins.joined(separator: ", "), plural: "builtins",
        schema: ["enum": .strings(InvariantFormat.builtins)], read: Codec.text.read)

    static let variable = Codec.scalar(
        "the name of an environment variable", plural: "names of environment variables",
        schema: ["type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"], problem: .badVariable
    ) { text in
        let isName =
            text.utf8.first.map { !(48...57).contains($0) } == true
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
            }
        return isName
            ? .success(text)
            : .failure(Reason("'\(text)' is no variable name", hint: "name it without '$' and '='"))
    }

    static let cron = Codec.scalar(
        "a cron expression such as \"*/5 * * * *\"", plural: "cron expressions",
        schema: [
            "type": "string",
            "pattern": .string(
                #"^\s*(@(hourly|daily|midnight|weekly|monthly|yearly|annually)|\S+([ \t]+\S+){4})\s*$"#),
        ],
        problem: .badCron, hint: "the fields are minute, hour, day of month, month, day of week"
    ) { text in
        do throws(CronError) {
            _ = try CronExpression(text)
            return .success(text)
        } catch { return .failure(Reason(error.reason)) }
    }

    static let window = Codec.scalar(
        "a window such as Mon-Fri 08:00-18:00 Europe/Berlin", plural: "windows",
        schema: ["type": "string", "pattern": .string(#"[0-9]{1,2}:[0-9]{2}-[0-9]{1,2}:[0-9]{2}"#)],
        problem: .badWindow, hint: "write days, hours and a time zone: Mon-Fri 08:00-18:00 Europe/Berlin"
    ) { text in
        do throws(ScheduleWindowError) {
            _ = try ScheduleWindow(text)
            return .success(text)
        } catch { return .failure(Reason(error.reason)) }
    }
}

extension Codec where Value == Bool {
    static let flag = Codec("true or false", plural: "truth values", schema: ["type": "boolean"]) {
        node, context in
        if let value = node.flag { return value }
        let meant = node.scalarText.flatMap { Self.older[$0.lowercased()] }
        context.reportWrongType(
            node, expected: "true or false", hint: meant.map { "write \($0)" },
            fix: meant.map { [context.edit(node.span.byteRange, "\($0)")] } ?? [])
        return nil
    }

    private static let older = [
        "yes": true, "no": false, "on": true, "off": false, "true": true, "false": false,
    ]
}

extension Codec where Value == Int {
    static func integer(_ range: ClosedRange<Int>) -> Codec {
        let expected =
            range.upperBound == .max
            ? "a whole number from \(range.lowerBound)"
            : "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return Codec(expected, plural: "whole numbers", schema: schema(range), written: { String($0) }) {
            node, context in
            guard let value = node.integer(in: &context, expected: expected) else { return nil }
            guard range.contains(value) else {
                context.report(
                    .outOfRange, "\(context.subject) is \(value), which is not \(expected)", at: node.span)
                return nil
            }
            return value
        }
    }

    private static func schema(_ range: ClosedRange<Int>) -> JSON {
        let members: [JSON.Member] = [.init("type", "integer"), .init("minimum", .integer(range.lowerBound))]
        return .object(
            range.upperBound == .max ? members : members + [.init("maximum", .integer(range.upperBound))])
    }

    /// `4MB`, or a bare number of bytes.
    static let size = Codec(
        "a size such as 500KB or 4MB", plural: "sizes",
        schema: [
            "anyOf": [
                ["type": "string", "pattern": .string(#"^[0-9]+ *([KMG]i?)?B?$"#)],
                ["type": "integer", "minimum": 0],
            ]
        ], written: { exactSize($0) }
    ) { node, context in
        guard let text = node.scalarText, node.isTextOrInteger else {
            context.reportWrongType(node, expected: "a size such as 500KB or 4MB")
            return nil
        }
        if let bytes = SizeText.parse(text) { return bytes }
        context.report(
            .badSize, "\(context.subject) cannot be used: '\(text)' is no size", at: node.span,
            hint: "write a whole number and a unit: 500KB, 4MB, 1GiB")
        return nil
    }

    static let kilobytes = Codec(
        "a whole number of kilobytes", plural: "numbers of kilobytes", schema: ["type": "integer", "minimum": 0]
    ) { node, context in
        Codec.integer(0...(1 << 40)).read(node, &context).map { $0 * 1000 }
    }

    private static func exactSize(_ bytes: Int) -> String {
        for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)]
        where bytes > 0 && bytes.isMultiple(of: size) {
            return "\(bytes / size)\(unit)"
        }
        return String(bytes)
    }
}

extension Codec where Value == Double {
    static func number(_ range: ClosedRange<Double>) -> Codec {
        let expected = "a number from \(JSON.shortest(range.lowerBound)) to \(JSON.shortest(range.upperBound))"
        return Codec(
            expected, plural: "numbers",
            schema: ["type": "number", "minimum": .double(range.lowerBound), "maximum": .double(range.upperBound)]
        ) { node, context in
            guard let value = node.double else {
                context.reportWrongType(node, expected: expected)
                return nil
            }
            guard range.contains(value) else {
                context.report(
                    .outOfRange, "\(context.subject) is \(JSON.shortest(value)), which is not \(expected)",
                    at: node.span)
                return nil
            }
            return value
        }
    }
}

extension Codec where Value == Duration {
    static func duration(_ range: ClosedRange<Int64>) -> Codec {
        let hint = "write a whole number and a unit: 90s, 15m, 1h30m, 2d"
        return Codec(
            "a duration such as 15m", plural: "durations",
            schema: ["type": "string", "pattern": "^([0-9]{1,9}[dhms])+$"], written: { DurationText.text($0) }
        ) { node, context in
            guard let text = node.scalarText, node.isTextOrNumber else {
                context.reportWrongType(node, expected: "a duration such as 15m", hint: hint)
                return nil
            }
            guard let duration = DurationText.parse(text) else {
                context.report(
                    .badDuration, "\(context.subject) cannot be used: '\(text)' is no duration", at: node.span,
                    hint: hint)
                return nil
            }
            return inRange(duration, range, node, &context)
        }
    }

    static func seconds(_ range: ClosedRange<Int64>) -> Codec { counted("seconds", each: 1, range) }

    static func minutes(_ range: ClosedRange<Int64>) -> Codec { counted("minutes", each: 60, range) }

    private static func counted(_ unit: String, each: Int64, _ range: ClosedRange<Int64>) -> Codec {
        Codec(
            "a whole number of \(unit)", plural: "numbers of \(unit)",
            schema: [
                "type": "integer", "minimum": .integer(Int((range.lowerBound + each - 1) / each)),
                "maximum": .integer(Int(range.upperBound / each)),
            ]
        ) { node, context in
            guard let count = node.integer(in: &context, expected: "a whole number of \(unit)") else { return nil }
            let product = Int64(count).multipliedReportingOverflow(by: each)
            return inRange(.seconds(product.overflow ? .max : product.partialValue), range, node, &context)
        }
    }

    private static func inRange(
        _ duration: Duration, _ range: ClosedRange<Int64>, _ node: YAMLNode, _ context: inout ReadingContext
    ) -> Duration? {
        if range.contains(duration.components.seconds) { return duration }
        let ends = [range.lowerBound, range.upperBound].map { DurationText.text(.seconds($0)) }
        context.report(
            .outOfRange, "\(context.subject) should be between \(ends[0]) and \(ends[1])", at: node.span)
        return nil
    }
}

extension Codec where Value == Instant {
    static let instant = Codec.scalar(
        "a date such as 2026-02-01", plural: "dates",
        schema: [
            "type": "string", "pattern": .string(#"^[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}.*)?$"#),
        ],
        problem: .badDate, hint: "write 2026-02-01 or 2026-02-01T09:00:00Z"
    ) { text in
        Instant(text).map(Result.success) ?? .failure(Reason("'\(text)' is no date or date-time"))
    }
}

extension Codec where Value == PathPattern {
    static let pattern = Codec.scalar(
        "a path pattern such as docs/**", plural: "path patterns",
        schema: [
            "type": "string", "maxLength": 1000,
            "pattern": .string(#"^(?!/)(?!.*//)(?!(.*/)?\.\.?(/|$))[^\\\u0000]+$"#),
        ],
        problem: .badPattern
    ) { text in
        do throws(PathPatternError) { return .success(try PathPattern(text)) } catch {
            return .failure(Reason("\(error.problem.rawValue)", hint: error.hint))
        }
    }
}
