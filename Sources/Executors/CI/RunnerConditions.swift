internal import Basics
internal import Editing

/// Conditions of a job that compare a value of its matrix with the label of a runner: `matrix.os == 'ubuntu-20.04'`.
struct RunnerConditions {
    private let runners: [JSON.Member]

    init(_ runners: [JSON.Member]) { self.runners = runners }

    /// Exchanges the labels that are compared; those in other uses are named.
    func update(_ file: inout CIFile, at job: [ValuePath.Step]) {
        var places: [(steps: [ValuePath.Step], text: String, isCondition: Bool)] = []
        Self.collect(file.value(at: job) ?? .null, job, isCondition: false, into: &places)
        for place in places {
            for runner in runners {
                guard let label = runner.value.string else { continue }
                if place.text.contains("'\(runner.name)'") {
                    exchange(&file, place.steps, runner.name, label, isCondition: place.isCondition)
                }
                if let part = Self.part(of: runner.name, not: label, in: place.text) {
                    file.leave(
                        "\(ValuePath(place.steps)) asks for '\(part)', which '\(label)' is not, and was left")
                }
            }
        }
    }

    /// Names what still speaks of values that an axis of the matrix has lost.
    static func nameStale(
        _ values: [String], of axis: String, at job: [ValuePath.Step], in file: inout CIFile
    ) {
        guard !values.isEmpty else { return }
        let matrix = job + [.key("strategy"), .key("matrix")]
        for list in ["include", "exclude"] {
            let steps = matrix + [.key(list)]
            for (index, entry) in (file.value(at: steps)?.elements ?? []).enumerated() {
                guard let value = entry[axis]?.plainText, values.contains(value) else { continue }
                let place = ValuePath(steps + [.index(index), .key(axis)])
                file.leave("\(place) is '\(value)', which the matrix has no more, and was left")
            }
        }
        var places: [(steps: [ValuePath.Step], text: String, isCondition: Bool)] = []
        collect(file.value(at: job) ?? .null, job, isCondition: false, into: &places)
        for place in places where place.text.contains("matrix.\(axis)") {
            let words = place.text.split { !isWord($0) }
            guard let value = values.first(where: { words.contains($0[...]) }) else { continue }
            file.leave(
                "\(ValuePath(place.steps)) asks for '\(value)', which the matrix has no more, and was left")
        }
    }

    /// A literal that holds the label, or a part of it that tells it from the new one: `startsWith(matrix.os, 'ubuntu-20')`.
    private static func part(of label: String, not new: String, in text: String) -> String? {
        guard text.contains("matrix.") else { return nil }
        let literals = text.split(separator: "'", omittingEmptySubsequences: false).enumerated()
        return literals.first { index, literal in
            guard index % 2 == 1, literal.count > 2, literal != label else { return false }
            return literal.contains(label) || label.contains(literal) && !new.contains(literal)
        }.map { String($0.element) }
    }

    /// The texts that are expressions or hold some.
    private static func collect(
        _ value: JSON, _ steps: [ValuePath.Step], isCondition: Bool,
        into places: inout [(steps: [ValuePath.Step], text: String, isCondition: Bool)]
    ) {
        guard steps.count < 30 else { return }
        if let text = value.string, isCondition || text.contains("${{") {
            places.append((steps, text, isCondition))
        }
        for (index, element) in (value.elements ?? []).enumerated() {
            collect(element, steps + [.index(index)], isCondition: false, into: &places)
        }
        for member in value.members ?? [] {
            collect(member.value, steps + [.key(member.name)], isCondition: member.name == "if", into: &places)
        }
    }

    private func exchange(
        _ file: inout CIFile, _ steps: [ValuePath.Step], _ old: String, _ new: String, isCondition: Bool
    ) {
        guard let text = file.value(at: steps)?.string else { return }
        let (result, isWhole) = Self.exchanged("'\(old)'", "'\(new)'", in: text, isCondition: isCondition)
        if result != text {
            let reason = "\(ValuePath(steps)) compares with '\(old)', and was left"
            file.set(steps, to: .string(result), orElse: reason)
        }
        if !isWhole { file.leave("\(ValuePath(steps)) names '\(old)' in an expression, and was left") }
    }

    /// The text with each compared label exchanged, and whether no other one is left in an expression.
    private static func exchanged(
        _ old: String, _ new: String, in text: String, isCondition: Bool
    ) -> (text: String, isWhole: Bool) {
        var (result, rest, isWhole) = ("", text[...], true)
        while let found = rest.firstRange(of: old) {
            let before = text[..<found.lowerBound]
            result += rest[..<found.lowerBound]
            let open = before.ranges(of: "${{").last?.lowerBound ?? text.startIndex
            let isOpen = before.contains("${{") && !text[open..<found.lowerBound].contains("}}")
            let isExpression = isOpen || isCondition && !text.contains("${{")
            let isCompared =
                isExpression && (comparesMatrix(before) || isComparedWithMatrix(text[found.upperBound...]))
            result += isCompared ? new : old
            if isExpression, !isCompared { isWhole = false }
            rest = rest[found.upperBound...]
        }
        return (result + rest, isWhole)
    }

    /// Whether a text ends with `matrix.NAME ==` or `matrix.NAME !=`.
    private static func comparesMatrix(_ text: Substring) -> Bool {
        let plain = String(text.reversed().drop { $0 == " " })
        guard plain.hasPrefix("==") || plain.hasPrefix("=!") else { return false }
        let word = plain.dropFirst(2).drop { $0 == " " }.prefix { isWord($0) }
        return String(word.reversed()).hasPrefix("matrix.")
    }

    private static func isComparedWithMatrix(_ text: Substring) -> Bool {
        let plain = text.drop { $0 == " " }
        guard plain.hasPrefix("==") || plain.hasPrefix("!=") else { return false }
        return plain.dropFirst(2).drop { $0 == " " }.hasPrefix("matrix.")
    }

    private static func isWord(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "._-".contains(character)
    }
}
