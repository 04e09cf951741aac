import Glibc

/// What became of each forbidden deed on each rung, for the table of `make attack`.
enum AttackLog {
    enum Result: String { case held, open, known }

    private static let file = getenv("LEVIATHAN_ATTACK_LOG").map { String(cString: $0) }

    /// Whether fewer rungs are tried, as before a merge.
    static let isShort = getenv("LEVIATHAN_ATTACK_SHORT") != nil

    /// Adds a line; several processes write at the same time.
    static func record(_ deed: String, _ rung: Rung, _ result: Result) {
        guard let file else { return }
        let user = geteuid() == 0 ? "root" : "user"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return }
        let line = "\(user)\t\(deed)\t\(rung.rawValue)\t\(result.rawValue)\n"
        _ = line.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
    }
}
