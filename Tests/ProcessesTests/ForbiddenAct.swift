import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// The ways in which a fence can be held up here.
enum Rung: String, CaseIterable, Codable, Sendable {
    /// Everything that the machine offers.
    case best
    case landlock
    /// Landlock as it was before it knew of truncation, networks and scopes.
    case oldLandlock
    case namespaces
    case bubblewrap

    /// Those that can be had on this machine.
    static let allCases: [Rung] = {
        if AttackLog.isShort { return [.best, .landlock] }
        let own: [Rung] = [.best, .landlock, .oldLandlock, .namespaces]
        let all = access("/usr/bin/bwrap", X_OK) == 0 ? own + [.bubblewrap] : own
        return AttackLog.isElsewhere ? all.filter(\.canBeHad) : all
    }()

    /// Of these, those that can be had on this machine.
    static func had(_ rungs: Rung...) -> [Rung] {
        AttackLog.isElsewhere ? rungs.filter(allCases.contains) : rungs
    }

    /// Of these, those behind which programs reach each other's sockets: a container that lends its own `/proc` has none.
    static func withSockets(_ rungs: Rung...) -> [Rung] {
        guard AttackLog.isElsewhere, let world = try? FenceFixture() else { return rungs }
        return world.fence.report(in: world.root).holds("private /proc") ? rungs.filter(allCases.contains) : []
    }

    /// Whether a fence of this kind runs anything for this user: those that every machine has must.
    var canBeHad: Bool {
        guard self != .best, self != .landlock else { return true }
        guard let world = try? FenceFixture() else { return true }
        var fence = world.fence
        apply(&fence)
        return (try? world.run("true", fence: fence).succeeded) ?? false
    }

    func apply(_ fence: inout Fence) {
        switch self {
        case .best: break
        case .landlock: fence.means.namespaces = false
        case .oldLandlock: (fence.means.namespaces, fence.means.landlock) = (false, 2)
        case .namespaces: fence.means.landlock = 0
        case .bubblewrap: (fence.means.namespaces, fence.means.landlock) = (false, 0)
        }
    }

    var hasMounts: Bool { self != .landlock && self != .oldLandlock }
}

/// Something that a program must not be able to do; it shows in the world's files, or prints the marker.
struct ForbiddenAct: Sendable, CustomStringConvertible {
    enum Company: Sendable { case none, token, listener, memory, sockets }

    let name: String
    let script: String
    var company = Company.none
    var needsRoot = false
    /// Whether the act is about what is on no list of what may be read.
    var isListed = false
    /// Where it is known not to be held back, as the report says.
    var passesOn: Set<Rung> = []
    /// What may be written besides, such as something that is not there yet.
    var grants: [String] = []

    var canBeTried: Bool { !needsRoot || Somebody.isRoot }

    init(
        _ name: String, _ script: String, company: Company = .none, needsRoot: Bool = false,
        isListed: Bool = false,
        passesOn: Set<Rung> = []
    ) {
        (self.name, self.script, self.company) = (name, script, company)
        (self.needsRoot, self.passesOn, self.isListed) = (needsRoot, passesOn, isListed)
    }

    var description: String { name }

    /// What is wrong with the fence, or with the act itself; empty when all is well.
    func faults(on rungs: [Rung] = Rung.allCases) throws -> [String] {
        let free = try attempt(nil)
        guard free.happened else { return ["\(name) does not work without a fence: \(free.words)"] }
        return try rungs.compactMap { rung in
            let fenced = try attempt(rung)
            AttackLog.record(name, rung, !fenced.happened ? .held : passesOn.contains(rung) ? .known : .open)
            if fenced.happened == passesOn.contains(rung) { return nil }
            return "\(name) on \(rung): \(fenced.happened ? "got through" : "was held"): \(fenced.words)"
        }
    }

    private func attempt(_ rung: Rung?) throws -> (happened: Bool, words: String) {
        let world = try FenceFixture()
        switch company {
        case .none: break
        case .token: try world.keepToken()
        case .listener: try world.listen()
        case .memory: try world.shareMemory()
        case .sockets: try world.openSockets()
        }
        var fence = rung == nil ? nil : isListed ? world.listedFence : world.fence
        if let rung, fence != nil {
            rung.apply(&fence!)
            fence?.writable += grants.map(world.path)
        }
        let before = try world.snapshot()
        let outcome = try world.run(script, fence: fence)
        let words = "\(outcome.ending) \(outcome.output.text) \(outcome.errors.text)"
        // a fence in which nothing at all runs would hold everything
        if rung != nil, outcome.ending == .exited(127) || outcome.ending == .timedOut { return (true, words) }
        let changed = try world.snapshot() != before
        return (changed || outcome.output.text.contains(FenceFixture.marker), words)
    }
}

/// Whoever runs the tests, and an ordinary user where the former is root.
enum Somebody {
    static let nobody: UInt32 = 65534

    static var isRoot: Bool { geteuid() == 0 }

    /// What an ordinary user tries, beside what root tries: all of it where a table is made of it.
    static var rungs: [Rung] { AttackLog.isWhole ? Rung.allCases.filter(\.canBeHad) : [.best, .landlock] }

    /// Gives up being root, in a process of its own.
    static func becomeNobody() {
        guard isRoot else { return }
        // only root can make it where everybody can reach it
        _ = try? FenceFixture.openDirectory()
        setgroups(0, nil)
        setgid(nobody)
        setuid(nobody)
        umask(0o022)
    }

    /// Tries acts as an ordinary user, and leaves with what went wrong.
    static func check(_ acts: [ForbiddenAct]) -> Never {
        becomeNobody()
        var faults: [String] = []
        for act in acts where !act.needsRoot {
            do { faults += try act.faults(on: rungs) } catch {
                faults.append("\(act.name): \(error)")
            }
        }
        print(faults.isEmpty ? "all held" : faults.joined(separator: "\n"))
        fflush(nil)
        exit(0)
    }
}
