internal import Basics

/// An operation of a database server that failed; says which, never with which values or whose password.
package struct PostgresError: ExplainedError, Equatable {
    /// The cases that a caller can act on.
    package enum Kind: Hashable, Sendable {
        case libraryMissing, invalidURL, cannotConnect, refused, connectionLost
        /// A lock that another one holds was waited for too long.
        case busy
        /// Others did something at the same time that does not go together; trying again may help.
        case conflict
        case constraint, full, readOnly, noPermission, noDatabase, timedOut, cancelled, damaged, other
        /// The database was made by a newer program.
        case tooNew(found: Int, known: Int)
    }

    package let kind: Kind
    package let operation: String
    package let causes: [String]
    /// The five signs by which the standard knows the error; `nil` where the server did not say it.
    package let state: String?

    package init(_ kind: Kind, _ operation: String, _ causes: [String] = [], state: String? = nil) {
        (self.kind, self.operation, self.causes, self.state) = (kind, operation, causes, state)
    }

    /// An error in the server's own words.
    init(state: String, _ operation: String, _ reason: String) {
        let kind = Self.kind(of: state)
        self.init(kind, operation, ["\(reason) (SQLSTATE \(state))"], state: state)
    }

    package var message: String { "cannot \(operation)" }

    package var hint: String? {
        switch kind {
        case .libraryMissing: "install libpq, in Debian the package libpq5"
        case .invalidURL: "give it as postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
        case .cannotConnect, .connectionLost:
            "check that the database server runs and can be reached, then try again"
        case .refused: "check user, password and the server's pg_hba.conf"
        case .noDatabase: "make the database, for instance with createdb"
        case .busy: "another process is writing; try again when it has finished"
        case .conflict: "try again"
        case .full: "free some space on the server's disk"
        case .readOnly: "the server takes no changes, as a standby does; name the one that does"
        case .noPermission: "give the user its rights, or name another user"
        case .damaged: "restore the database from a backup"
        case .timedOut: "check what the server is busy with; then try again"
        case .tooNew: "use a newer version of this program"
        case .constraint, .cancelled, .other: nil
        }
    }

    /// Whether the connection is of no use any more.
    package var isLoss: Bool {
        switch kind {
        case .cannotConnect, .connectionLost, .timedOut, .cancelled: true
        default: false
        }
    }

    static func kind(of state: String) -> Kind {
        switch state {
        case "53100", "53200", "54000": return .full
        case "53300", "57P03", "57P04": return .cannotConnect
        case "57P01", "57P02": return .connectionLost
        case "55P03": return .busy
        case "57014": return .cancelled
        case "25006": return .readOnly
        case "42501": return .noPermission
        case "3D000": return .noDatabase
        case "28000", "28P01": return .refused
        case "40001", "40P01": return .conflict
        case "XX001", "XX002", "58030": return .damaged
        default: break
        }
        switch state.prefix(2) {
        case "23": return .constraint
        case "08": return .connectionLost
        default: return .other
        }
    }
}
