/// What a key of a file may hold, declared once for reading, suggestions and schemas.
struct Field: Sendable {
    indirect enum Kind: Sendable {
        case text
        case boolean
        case integer(ClosedRange<Int>)
        case number
        case duration
        case size
        case date
        case choice([String])
        case pattern
        case list(Kind)
        /// A mapping with declared keys.
        case mapping(Format)
        /// A mapping whose keys people choose.
        case named(Kind)
        case any
        /// Several shapes are accepted; the reader decides.
        case either([Kind])
    }

    let name: String
    /// Other spellings found in the wild.
    let aliases: [String]
    let kind: Kind
    let isRequired: Bool
    let summary: String

    init(_ name: String, _ kind: Kind, aliases: [String] = [], required: Bool = false, _ summary: String) {
        (self.name, self.kind, self.aliases) = (name, kind, aliases)
        (isRequired, self.summary) = (required, summary)
    }
}

/// The keys that one kind of mapping may have.
struct Format: Sendable {
    let name: String
    let fields: [Field]
    private let spellings: [String: Int]

    init(_ name: String, _ fields: [Field]) {
        (self.name, self.fields) = (name, fields)
        var spellings: [String: Int] = [:]
        for (index, field) in fields.enumerated() {
            for spelling in [field.name] + field.aliases { spellings[spelling] = index }
        }
        self.spellings = spellings
    }

    /// The field that a spelling stands for.
    func field(spelled spelling: String) -> Field? { spellings[spelling].map { fields[$0] } }

    var knownSpellings: [String] { fields.map(\.name) }
}
