internal import Basics
internal import SQLite

extension Journal {
    package func claim(
        _ claim: Claim, _ drafts: (any JournalStore) throws(JournalError) -> [EventDraft]
    ) throws(JournalError) {
        _ = try writing { () throws(JournalError) in
            if let other = try self.claim(of: claim.task, target: claim.target) { throw .claimed(other) }
            try database.run(SQL.add, claim.values)
            return try drafts(self)
        }
    }

    package func release(_ attempt: String, _ drafts: [EventDraft]) throws(JournalError) {
        _ = try writing { () throws(JournalError) in
            try database.run(SQL.remove, [.text(attempt)])
            return drafts
        }
    }

    package func recover(_ claim: Claim, _ drafts: [EventDraft]) throws(JournalError) -> Bool {
        var isOurs = false
        _ = try writing { () throws(JournalError) in
            guard try claims().contains(claim) else { return [] }
            isOurs = true
            try database.run(SQL.remove, [.text(claim.attempt)])
            return drafts
        }
        return isOurs
    }

    package func remark(_ claim: Claim, _ mark: ClaimMark) throws(JournalError) -> Bool {
        try transaction { () throws(JournalError) in
            guard try claims().contains(claim) else { return false }
            try database.run(SQL.remove, [.text(claim.attempt)])
            try database.run(SQL.add, claim.marked(mark).values)
            return true
        }
    }

    package func claims() throws(JournalError) -> [Claim] {
        var found: [Claim] = []
        try database.run(SQL.all) { row in found.append(Claim(row)) }
        return found
    }

    /// Takes a claim over from another journal, as it stands there.
    func add(_ claim: Claim) throws(JournalError) {
        try database.run(SQL.add, claim.values)
    }

    static var allClaims: SQLText { SQL.all }

    private func claim(of task: String, target: String) throws(JournalError) -> Claim? {
        var found: Claim?
        try database.run(SQL.ofTask, [.text(target), .text(task)]) { row in found = Claim(row) }
        return found
    }

    private enum SQL {
        static let columns = """
            target, task_id, attempt_id, repository, lock, deadline, process_id, started, machine, holder, claimed_at
            """
        static let add = SQLText("INSERT INTO claims (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        static let remove = SQLText("DELETE FROM claims WHERE attempt_id = ?")
        static let all = SQLText("SELECT \(columns) FROM claims ORDER BY claimed_at, attempt_id")
        static let ofTask = SQLText("SELECT \(columns) FROM claims WHERE target = ? AND task_id = ?")
    }
}

extension Claim {
    init(_ row: borrowing JournalRow) {
        self.init(
            target: row.text(0) ?? "", task: row.text(1) ?? "", attempt: row.text(2) ?? "",
            repository: row.text(3) ?? "", mark: Self.mark(row), holder: row.text(9) ?? "",
            claimedAt: row.text(10) ?? "")
    }

    private static func mark(_ row: borrowing JournalRow) -> ClaimMark {
        if let lock = row.text(4) { return .lock(lock) }
        if let deadline = row.text(5).flatMap({ Instant($0) }) { return .lease(until: deadline) }
        return .process(
            ClaimProcess(processID: row.integer(6), started: row.text(7) ?? "", machine: row.text(8) ?? ""))
    }

    fileprivate var values: [SQLValue] {
        let (lock, deadline, process): (String?, String?, ClaimProcess?) =
            switch mark {
            case .lock(let name): (name, nil, nil)
            case .lease(let until): (nil, until.description, nil)
            case .process(let process): (nil, nil, process)
            }
        return [
            .text(target), .text(task), .text(attempt), .text(repository), .optional(lock), .optional(deadline),
            .optional(process?.processID), .optional(process?.started), .optional(process?.machine), .text(holder),
            .text(claimedAt),
        ]
    }
}
