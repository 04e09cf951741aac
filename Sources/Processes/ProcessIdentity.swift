internal import Basics
internal import Glibc

/// A process, told apart from every other one that ever has its number.
package struct ProcessIdentity: Hashable, Sendable {
    package let processID: Int
    /// Clock ticks since the boot.
    package let started: String
    /// The boot, and the namespace in which the number means something.
    package let machine: String

    package init(processID: Int, started: String, machine: String) {
        (self.processID, self.started, self.machine) = (processID, started, machine)
    }

    package static var current: ProcessIdentity {
        let processID = Int(getpid())
        return ProcessIdentity(
            processID: processID, started: startTime(of: processID) ?? "", machine: currentMachine)
    }

    /// Whether the process still runs; one that cannot be seen from here counts as running.
    package var mayBeAlive: Bool {
        if started.isEmpty { return kill(pid_t(processID), 0) == 0 || errno == EPERM }
        if machine == Self.currentMachine { return Self.startTime(of: processID) == started }
        let boot = machine.split(separator: " ").first
        return boot == Self.currentMachine.split(separator: " ").first
    }

    private static let currentMachine: String = {
        let boot = text("/proc/sys/kernel/random/boot_id")?.split(separator: "\n").first.map(String.init)
        let namespace = FileSystem.linkTarget("/proc/self/ns/pid")
        return (boot ?? "unknown") + " " + (namespace ?? "unknown")
    }()

    /// The 22nd field of `stat`, counted behind the name, which may hold anything; none for a zombie.
    private static func startTime(of processID: Int) -> String? {
        guard let text = text("/proc/\(processID)/stat"), let name = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
        return String(fields[19])
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? FileSystem.read(path, limit: 1 << 16) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
