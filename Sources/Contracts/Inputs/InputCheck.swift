package import Basics

/// A mistake in a task's inputs.
package struct InputProblem: Hashable, Sendable {
    package enum Step: Hashable, Sendable {
        case member(String)
        case element(Int)
    }

    package enum Kind: Hashable, Sendable { case unknownName, missing, wrongValue, unknownValue }

    package let kind: Kind
    /// From the inputs down to the member, or to the mapping that lacks it.
    package let path: [Step]
    package let message: String
    package let hint: String?
}

extension [InputProblem.Step] {
    /// `inputs.edits[2].find`.
    package var words: String {
        reduce("inputs") { text, step in
            switch step {
            case .member(let name): "\(text).\(name)"
            case .element(let index): "\(text)[\(index)]"
            }
        }
    }
}

/// Holds a task's inputs against the declaration of its executor.
package struct InputCheck {
    package private(set) var problems: [InputProblem] = []
    private var path: [InputProblem.Step] = []
    /// The repository's own templates; `nil` where they are not known.
    private let templates: (() -> [String])?

    /// More mistakes than these are not told.
    private static let limit = 100

    package init(templates: (() -> [String])? = nil) { self.templates = templates }

    /// Everything that is wrong with the inputs of one task.
    package static func problems(
        of inputs: JSON, _ declaration: ExecutorInputs, templates: (() -> [String])? = nil
    ) -> [InputProblem] {
        var check = InputCheck(templates: templates)
        check.hold(inputs.isNull ? .object([]) : inputs, against: .record(declaration.record))
        return check.problems
    }

    private mutating func report(_ kind: InputProblem.Kind, _ message: String, hint: String? = nil) {
        guard problems.count < Self.limit else { return }
        problems.append(InputProblem(kind: kind, path: path, message: message, hint: hint))
    }

    private mutating func hold(_ value: JSON, against type: InputType) {
        switch type {
        case .named(_, let inner): return hold(value, against: inner())
        case .either(let types):
            guard let fitting = types.first(where: { $0.admits(value) }) else { return reportKind(value, type) }
            return hold(value, against: fitting)
        default: break
        }
        guard type.admits(value) else { return reportKind(value, type) }
        switch type {
        case .integer(let range):
            if let number = value.integer, !range.contains(number) { reportKind(value, type) }
        case .number(let range):
            if let number = value.double, !range.contains(number) { reportKind(value, type) }
        case .duration:
            if DurationText.parse(value.string ?? "").map({ $0 <= .zero }) ?? true { reportKind(value, type) }
        case .choice(let names, let isLoose): hold(value, among: names, isLoose: isLoose)
        case .template(let names): hold(value, amongTemplates: names)
        case .list(let element):
            for (index, item) in (value.elements ?? []).enumerated() {
                at(.element(index)) { $0.hold(item, against: element) }
            }
        case .mapping(let inner):
            for member in value.members ?? [] {
                at(.member(member.name)) { $0.hold(member.value, against: inner) }
            }
        case .record(let record): hold(value, against: record)
        case .keyed(let records): hold(value, againstOneOf: records)
        default: break
        }
    }

    private mutating func at(_ step: InputProblem.Step, _ body: (inout InputCheck) -> Void) {
        path.append(step)
        body(&self)
        path.removeLast()
    }
}

// MARK: Mappings

extension InputCheck {
    private mutating func hold(_ value: JSON, against record: InputRecord) {
        let variant = record.variants?.record(for: value)
        var others = record.others
        // A template of the repository's own may ask for anything.
        if let key = record.variants?.key, value[key].map({ !$0.isNull }) == true, variant == nil {
            others = .anything
        }
        var meant: Set<String> = []
        for member in value.members ?? [] where !member.value.isNull {
            let known = variant?.member(member.name) ?? record.member(member.name)
            guard let type = known?.type ?? others else {
                if !member.name.hasPrefix("x-") { meant.insert(reportUnknown(member.name, record, variant)) }
                continue
            }
            at(.member(member.name)) { $0.hold(member.value, against: type) }
        }
        holdPresence(value, record, besides: meant)
        if let variant { holdPresence(value, variant, besides: meant) }
    }

    /// What is misspelt is not missing as well.
    private mutating func holdPresence(_ value: JSON, _ record: InputRecord, besides meant: Set<String>) {
        guard meant.isDisjoint(with: record.choice + record.some) else { return }
        let missing = record.members.filter { $0.isRequired && !has($0, value) && !meant.contains($0.name) }
        for member in missing {
            report(
                .missing, "\(path.words) needs '\(member.name)'",
                hint: "such as \(member.name): \(member.example)")
        }
        let found = record.choice.filter { record.member($0).map { has($0, value) } ?? false }
        if !record.choice.isEmpty, found.count != 1 {
            report(
                .missing,
                "\(path.words) needs either \(record.choice.map { "'\($0)'" }.joined(separator: " or "))",
                hint: record.choice.compactMap { name in
                    record.member(name).map { "\(path.words).\(name): \($0.summary)" }
                }.joined(separator: "; "))
        }
        if let example = record.neededOther {
            let isThere = (value.members ?? []).contains { member in
                !member.value.isNull && (record.member(member.name) == nil || record.some.contains(member.name))
            }
            if !isThere { report(.missing, "\(path.words) names nothing to change", hint: "such as \(example)") }
        } else if !record.some.isEmpty, !record.some.contains(where: { has($0, value) }) {
            let names = record.some.joined(separator: ", ")
            report(.missing, "\(path.words) needs " + (record.some.count == 1 ? "'\(names)'" : "one of \(names)"))
        }
    }

    /// Nothing at all is a value where anything may stand.
    private func has(_ input: Input, _ value: JSON) -> Bool {
        if case .anything = input.type { return input.names.contains { value[$0] != nil } }
        return input.names.contains { has($0, value) }
    }

    private func has(_ name: String, _ value: JSON) -> Bool { value[name].map { !$0.isNull } ?? false }

    /// Returns the name that was probably meant; empty where nobody can tell.
    private mutating func reportUnknown(_ name: String, _ record: InputRecord, _ variant: InputRecord?) -> String {
        let members = (variant?.members ?? []) + record.members
        let nearest = Suggestion.nearest(to: name, among: members.flatMap(\.names))
        let elsewhere = record.variants?.records.first { $0.record.member(name) != nil }?.value
        let words = path.words
        at(.member(name)) { check in
            check.report(
                .unknownName, "\(words) knows no '\(name.prefix(100))'",
                hint: nearest.map { "did you mean '\($0)'?" }
                    ?? elsewhere.map { "only the \(record.variants?.key ?? "") '\($0)' has it" }
                    ?? "it knows \(members.map(\.name).joined(separator: ", "))")
        }
        return nearest.flatMap { name in members.first { $0.names.contains(name) }?.name } ?? ""
    }

    private mutating func hold(_ value: JSON, againstOneOf records: [InputRecord]) {
        let names = (value.members ?? []).map(\.name)
        let found = records.filter { record in record.members.first.map { has($0, value) } ?? false }
        if let record = found.first, found.count == 1 { return hold(value, against: record) }
        let keys = records.compactMap(\.members.first?.name)
        if found.count > 1 {
            let both = found.compactMap(\.members.first?.name).joined(separator: " and ")
            return report(.wrongValue, "\(path.words) is \(both) at once")
        }
        let words = path.words
        for name in names {
            guard let nearest = Suggestion.nearest(to: name, among: keys) else { continue }
            return at(.member(name)) {
                $0.report(.unknownName, "\(words) knows no '\(name)'", hint: "did you mean '\(nearest)'?")
            }
        }
        report(
            .missing, "\(words) needs one of \(keys.joined(separator: ", "))",
            hint: names.isEmpty ? nil : "it has \(names.joined(separator: ", "))")
    }
}

// MARK: Values

extension InputCheck {
    private mutating func reportKind(_ value: JSON, _ type: InputType) {
        var hint: String?
        switch (type, value) {
        case (.text, .integer), (.text, .double), (.text, .bigInteger), (.text, .bool):
            hint = "put it into quotes" + (value.double == nil ? "" : ": as a number, 1.10 would be 1.1")
        case (.either(let types), .integer), (.either(let types), .double):
            if types.contains(where: { $0.admits("") }) {
                hint = "put it into quotes: as a number, 1.10 would be 1.1"
            }
        case (.list, .string(let text)): hint = "write [\(text.prefix(60))]"
        default: break
        }
        let found = value.isCollection || value.string != nil ? value.kindName : value.text()
        report(.wrongValue, "\(path.words) is \(found), not \(type.words)", hint: hint)
    }

    private mutating func hold(_ value: JSON, among names: [String], isLoose: Bool) {
        guard let text = value.string, !names.contains(text) else { return }
        let letters = { (text: String) in text.lowercased().filter(\.isLetter) }
        if isLoose, names.contains(where: { letters($0) == letters(text) }) { return }
        let nearest = Suggestion.nearest(to: text, among: names).map { "did you mean '\($0)'?" }
        report(
            .unknownValue, "\(path.words) is '\(text.prefix(100))', which is not known",
            hint: nearest ?? "it is one of \(names.joined(separator: ", "))")
    }

    private mutating func hold(_ value: JSON, amongTemplates names: [String]) {
        guard let text = value.string, !names.contains(text), let templates else { return }
        let own = templates()
        guard !own.contains(text), !own.contains(text + ".md") else { return }
        let known = names + own.map { $0.hasSuffix(".md") ? String($0.dropLast(3)) : $0 }
        report(
            .unknownValue, "there is no template '\(text.prefix(100))'",
            hint: Suggestion.nearest(to: text, among: known).map { "did you mean '\($0)'?" }
                ?? (known.isEmpty
                    ? "templates are files in .leviathan/templates/"
                    : "there are \(known.joined(separator: ", "))"))
    }
}
