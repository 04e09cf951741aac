internal import Basics

/// An option that a program declares.
struct CommandOption: Equatable {
    let name: String
    let help: String

    /// `help` is put on one line.
    init(_ names: [String], help: String?) {
        name = names.joined(separator: ", ")
        self.help = (help ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// A file with more options than this was made by a program.
    static let limit = 2000
}
