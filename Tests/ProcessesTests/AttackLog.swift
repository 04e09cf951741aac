import Glibc

/// What became of each forbidden deed on each rung, for the table of `make attack`.
enum AttackLog {
    enum Result: String { case held, open, known }

    private static let file = getenv("LEVIATHAN_ATTACK_LOG").map { String(cString: $0) }

    /// Whether fewer rungs are tried, as before a merge.
    static let isShort = getenv("LEVIATHAN_ATTACK_SHORT") != nil

    /// Whether an ordinary user tries everything on every rung, too.
    static let isWhole = getenv("LEVIATHAN_ATTACK_WHOLE") != nil

    /// Whether this is a place that may hold some of the kernel's means back.
    static var isElsewhere: Bool { place != nil }

    /// Where it is tried, when not on the machine itself.
    private static let place = getenv("LEVIATHAN_ATTACK_PLACE").map { String(cString: $0) }

    /// Adds a line; several processes write at the same time.
    static func record(_ deed: String, _ rung: Rung, _ result: Result) {
        guard let file else { return }
        let user = place ?? (geteuid() == 0 ? "root" : "user")
        let descriptor = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { return }
        let line = "\(user)\t\(deed)\t\(rung.rawValue)\t\(result.rawValue)\n"
        _ = line.withCString { write(descriptor, $0, strlen($0)) }
        close(descriptor)
    }
}
