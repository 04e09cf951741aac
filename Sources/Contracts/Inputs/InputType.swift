internal import Basics

/// What an input of an executor takes.
package indirect enum InputType: Sendable {
    case text
    /// Text, a number or a Boolean, each taken as its text.
    case scalar
    case flag
    case anything
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    /// A time such as 90s or 5m.
    case duration
    /// One of these names; where it is loose, signs, digits and capital letters make no difference.
    case choice([String], isLoose: Bool = false)
    /// One of these, or a file of the repository in `.leviathan/templates/`.
    case template([String])
    case list(InputType)
    /// Any names, each with such a value.
    case mapping(InputType)
    case record(InputRecord)
    /// A mapping that is told by which of the records' first members it has.
    case keyed([InputRecord])
    case either([InputType])
    /// A type that other inputs refer to by name, and that may hold itself.
    case named(String, @Sendable () -> InputType)
}

/// One input: its name, what it takes and what it means.
package struct Input: Sendable {
    package let name: String
    /// Other names for the same.
    package let aliases: [String]
    package let type: InputType
    package let isRequired: Bool
    /// What holds without it.
    package let standard: String?
    package let summary: String
    /// A value as a task would write it.
    package let example: String

    package init(
        _ name: String, also aliases: [String] = [], _ type: InputType, required: Bool = false,
        default standard: String? = nil, _ summary: String, example: String
    ) {
        (self.name, self.aliases, self.type, isRequired) = (name, aliases, type, required)
        (self.standard, self.summary, self.example) = (standard, summary, example)
    }

    var names: [String] { [name] + aliases }
}

/// A mapping whose members are known.
package struct InputRecord: Sendable {
    package let members: [Input]
    /// What any other member is; `nil` where there is none.
    package var others: InputType?
    /// Of these exactly one has to be there.
    package var choice: [String] = []
    /// Of these at least one has to be there.
    package var some: [String] = []
    /// Whether there has to be one of the other names, or one of `some`; an example of it.
    package var neededOther: String?
    package var variants: InputVariants?

    package init(_ members: [Input]) { self.members = members }

    func member(_ name: String) -> Input? { members.first { $0.name == name || $0.aliases.contains(name) } }
}

/// Further members, by the value of one.
package struct InputVariants: Sendable {
    /// The member whose value decides.
    package let key: String
    package let records: [(value: String, record: InputRecord)]

    package init(_ key: String, _ records: [(value: String, record: InputRecord)]) {
        (self.key, self.records) = (key, records)
    }

    func record(for value: JSON) -> InputRecord? {
        let name = value[key]?.string
        return records.first { $0.value == name }?.record
    }
}

/// Everything that an executor wants to know of a task, in one value.
package struct ExecutorInputs: Sendable {
    package let executor: String
    package let record: InputRecord
    /// The value of a task's `inputs`, in YAML.
    package let example: String

    package init(_ executor: String, _ record: InputRecord, example: String) {
        (self.executor, self.record, self.example) = (executor, record, example)
    }
}
