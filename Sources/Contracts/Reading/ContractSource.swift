internal import Basics

/// Where the files of a contract come from: a commit's tree, or a directory.
package protocol ContractSource {
    /// The bytes of a file, by its path from the repository's root; `nil` when there is none.
    func read(_ path: String) throws(ContractSourceError) -> [UInt8]?

    /// The names in a directory; none when it is not there.
    func list(_ directory: String) throws(ContractSourceError) -> [String]
}

/// Why a file of the contract could not be taken as it is.
package enum ContractSourceError: Error, Hashable, Sendable {
    case symlink
    /// A directory where a file is expected.
    case directory
    /// A device, socket or pipe, or a file where a directory is expected.
    case notAFile
    case tooLarge(limit: Int)
    case unreadable(String, hint: String? = nil)
}

extension ContractSourceError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .symlink: "it is a symlink"
        case .directory: "it is a directory"
        case .notAFile: "it is no plain file or directory"
        case .tooLarge(let limit): "it is larger than \(SizeText.text(limit))"
        case .unreadable(let reason, _): reason
        }
    }

    /// What to do next, where whoever could not read it knows that.
    package var hint: String? { if case .unreadable(_, let hint) = self { hint } else { nil } }
}

/// The largest contract file that is read.
package let contractFileLimit = 32 << 20

/// What a contract may cost to read; anything beyond is refused.
enum ContractBounds {
    static let backlogFiles = 10_000
    static let totalBytes = 64 << 20
    static let diagnostics = 100_000
    static let nodes = 8_000_000
}

/// The repository paths of a contract's files.
package enum ContractPaths {
    package static let directory = ".leviathan"
    package static let contract = ".leviathan/contract.yaml"
    package static let policy = ".leviathan/policy.yaml"
    package static let backlog = ".leviathan/backlog.yaml"
    package static let backlogDirectory = ".leviathan/backlog"
    package static let templateDirectory = ".leviathan/templates"
}
