internal import Basics
internal import Git
internal import Glibc
internal import Synchronization

/// Shows a text that is longer than the terminal in the program that the person reads such texts with, as git does.
struct Pager: Sendable {
    private let environment: [String: String]
    /// The lines of the terminal.
    private let height: Int

    /// `nil` where nobody looks, or at a terminal that only prints.
    init?(height: Int?, environment: [String: String]) {
        guard let height else { return nil }
        (self.height, self.environment) = (height, environment)
    }

    /// Whether the person has seen the text; where it is short or the pager did not work it is to be printed.
    func show(_ text: String) -> Bool {
        let lines = text.utf8.count { $0 == UInt8(ascii: "\n") }
        guard lines >= height, let command else { return false }
        return run(command, Array(text.utf8))
    }

    /// What git would run, but for what a repository's own configuration says: that is somebody else's.
    private var command: String? {
        let named = environment["GIT_PAGER"] ?? UserConfiguration.string("core.pager") ?? environment["PAGER"]
        let command = (named ?? "less").trimmed
        return command.isEmpty || command == "cat" ? nil : command
    }

    private func run(_ command: String, _ text: [UInt8]) -> Bool {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        ends.forEach { _ = fcntl($0, F_SETFD, FD_CLOEXEC) }
        // A reader who leaves early has seen enough.
        let before = signal(SIGPIPE, SIG_IGN)
        defer { _ = signal(SIGPIPE, before) }
        Interrupts.isInPager.store(true, ordering: .relaxed)
        defer { Interrupts.isInPager.store(false, ordering: .relaxed) }
        let child = start(command, reading: ends[0])
        close(ends[0])
        if child != nil { try? FileSystem.writeAll(text[...], to: ends[1], "the pager") }
        close(ends[1])
        guard let child else { return false }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return false } }
        let wasEnded = status & 0x7F != 0
        let code = status >> 8 & 0xFF
        // The shell's codes for a program that is not there, or cannot be started.
        return !wasEnded && code != 126 && code != 127
    }

    private func start(_ command: String, reading descriptor: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        // This program holds back the signals that cancel, and ignores broken pipes: a pager does neither.
        var (none, usual) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigemptyset(&usual)
        for number in [SIGINT, SIGTERM, SIGHUP, SIGPIPE] { sigaddset(&usual, number) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        // Colours as they are, nothing for what fits, nothing left on the screen: git's own settings.
        let settings = ["LESS": "FRX", "LV": "-c"].merging(environment) { $1 }
        let words = Self.copied(["/bin/sh", "-c", command])
        let variables = Self.copied(settings.map { $0.key + "=" + $0.value })
        defer { (words + variables).forEach { free($0) } }
        var child = pid_t()
        return posix_spawn(&child, "/bin/sh", &actions, &attributes, words, variables) == 0 ? child : nil
    }

    /// As C takes a list of texts; whoever asked frees them.
    private static func copied(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        var copies: [UnsafeMutablePointer<CChar>?] = []
        for text in texts { copies.append(strdup(text)) }
        return copies + [nil]
    }
}
