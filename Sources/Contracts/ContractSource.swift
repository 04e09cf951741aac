/// Where the files below `.leviathan/` come from: a commit's tree, or a directory.
package protocol ContractSource {
    /// The bytes of a file, by its path from the repository's root; `nil` when there is none.
    func read(_ path: String) throws(ContractSourceError) -> [UInt8]?

    /// The names in a directory, sorted; empty when there is none.
    func list(_ directory: String) throws(ContractSourceError) -> [String]
}

/// Why a file of the contract could not be taken as it is.
package enum ContractSourceError: Error, Hashable, Sendable {
    case symlink
    case directory
    case notAFile
    case tooLarge(limit: Int)
    case unreadable(String)
}

/// The largest contract file that is read.
package let contractFileLimit = 16 << 20
