internal import Basics
internal import SQLite

/// The process that works on a claimed task.
package struct ClaimOwner: Hashable, Sendable {
    package let processID: Int
    /// When it began, in the system's own words: process ids are used again.
    package let started: String
    /// The boot and the process namespace in which the id means something.
    package let machine: String

    package init(processID: Int, started: String, machine: String) {
        (self.processID, self.started, self.machine) = (processID, started, machine)
    }
}

/// A task that an attempt works on, so that no other one may.
package struct Claim: Hashable, Sendable {
    package let target: String
    package let task: String
    package let attempt: String
    /// The checkout or repository that the attempt works from.
    package let repository: String
    package let owner: ClaimOwner
    package let claimedAt: String

    package init(
        target: String, task: String, attempt: String, repository: String, owner: ClaimOwner, claimedAt: String
    ) {
        (self.target, self.task, self.attempt, self.repository) = (target, task, attempt, repository)
        (self.owner, self.claimedAt) = (owner, claimedAt)
    }

    fileprivate init(_ row: borrowing Row) {
        self.init(
            target: row.text(0) ?? "", task: row.text(1) ?? "", attempt: row.text(2) ?? "",
            repository: row.text(3) ?? "",
            owner: ClaimOwner(
                processID: row.integer(4), started: row.text(5) ?? "", machine: row.text(6) ?? ""),
            claimedAt: row.text(7) ?? "")
    }
}

extension Journal {
    /// Claims a task and records the attempt's first events, in one transaction; refused while another claim stands.
    package func claim(_ claim: Claim, _ drafts: (Journal) throws(JournalError) -> [EventDraft])
        throws(JournalError)
    {
        _ = try writing { (database) throws(JournalError) in
            if let other = try self.claim(of: claim.task, target: claim.target) { throw .claimed(other) }
            try run { () throws(SQLiteError) in
                try database.run(
                    SQL.add,
                    [
                        .text(claim.target), .text(claim.task), .text(claim.attempt), .text(claim.repository),
                        .integer(claim.owner.processID), .text(claim.owner.started), .text(claim.owner.machine),
                        .text(claim.claimedAt),
                    ])
            }
            return try drafts(self)
        }
    }

    /// Records an attempt's last events and gives its task free, in one transaction.
    package func release(_ attempt: String, _ drafts: [EventDraft]) throws(JournalError) {
        _ = try writing { (database) throws(JournalError) in
            try run { () throws(SQLiteError) in try database.run(SQL.remove, [.text(attempt)]) }
            return drafts
        }
    }

    /// Ends an attempt whose process died, unless somebody else did so first; returns whether it was this call.
    package func recover(_ claim: Claim, _ drafts: [EventDraft]) throws(JournalError) -> Bool {
        var isOurs = false
        _ = try writing { (database) throws(JournalError) in
            guard try claims().contains(claim) else { return [] }
            isOurs = true
            try run { () throws(SQLiteError) in try database.run(SQL.remove, [.text(claim.attempt)]) }
            return drafts
        }
        return isOurs
    }

    /// Every claim that stands, the oldest first.
    package func claims() throws(JournalError) -> [Claim] {
        var found: [Claim] = []
        try run { () throws(SQLiteError) in try database.run(SQL.all) { row in found.append(Claim(row)) } }
        return found
    }

    private func claim(of task: String, target: String) throws(JournalError) -> Claim? {
        var found: Claim?
        try run { () throws(SQLiteError) in
            try database.run(SQL.ofTask, [.text(target), .text(task)]) { row in found = Claim(row) }
        }
        return found
    }

    private enum SQL {
        static let columns = "target, task_id, attempt_id, repository, process_id, started, machine, claimed_at"
        static let add = SQLText("INSERT INTO claims (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
        static let remove = SQLText("DELETE FROM claims WHERE attempt_id = ?")
        static let all = SQLText("SELECT \(columns) FROM claims ORDER BY claimed_at, attempt_id")
        static let ofTask = SQLText("SELECT \(columns) FROM claims WHERE target = ? AND task_id = ?")
    }
}
