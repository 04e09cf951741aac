internal import Basics
internal import Processes

/// Says of a program that failed behind the fence what the fence kept from it, and which key would allow that.
struct FenceAdvice {
    /// Who was fenced: what may be written differs, and so do the keys.
    enum Subject { case task, invariant, setUp }

    let subject: Subject
    let opensNetwork: Bool
    /// Where the program saw its files.
    let directory: String

    private static let shown = 3

    /// One sentence for each thing; none where the fence is not the likely reason.
    func sentences(on outcome: ProcessOutcome) -> [String] {
        // What a shell says of a program that is not there or not executable has nothing to do with the fence.
        guard ![.exited(0), .exited(126), .exited(127)].contains(outcome.ending) else { return [] }
        let denied = DeniedAccess.found(in: outcome.output.text + "\n" + outcome.errors.text)
        return Array(denied.compactMap(sentence).prefix(Self.shown))
    }

    private func sentence(_ denied: DeniedAccess) -> String? {
        switch denied {
        case .network: opensNetwork ? nil : "the fence keeps the network closed: '\(networkKey): allow' opens it"
        case .writing(let path): writing(path)
        case .permission(let path): permission(path)
        case .missing(let path): isHidden(path) ? reading(path) : nil
        }
    }

    private var networkKey: String {
        switch subject {
        case .task: "sandbox.network"
        case .invariant: "network' at the invariant or 'sandbox.network"
        case .setUp: "workspace.network"
        }
    }

    private func writing(_ path: String) -> String? {
        guard isInside(path) else {
            return
                "the fence keeps '\(path)' from being written: outside of the workspace only HOME and TMPDIR are, "
                + "which are private; lead the program there by its option or variable"
        }
        guard subject == .task else { return nil }
        return
            "the fence keeps '\(relative(path))' from being written: it is not among the task's 'allowed_paths'; "
            + "'sandbox.scratch' takes what is written and is no part of the change"
    }

    /// Nobody said whether it was to be read, written or run.
    private func permission(_ path: String) -> String? {
        guard isInside(path) else { return reading(path) }
        return writing(path).map { "if it was to be written: " + $0 }
    }

    private func reading(_ path: String) -> String? {
        "the fence does not show '\(path)' to programs: 'sandbox.read: [\(path)]' does, read-only"
    }

    private func isInside(_ path: String) -> Bool {
        !path.hasPrefix("/") || path == directory || path.hasPrefix(directory + "/")
    }

    /// Whether it is on this machine all the same.
    private func isHidden(_ path: String) -> Bool {
        path.hasPrefix("/") && !isInside(path) && !["/tmp/", "/proc/", "/dev/"].contains(where: path.hasPrefix)
            && FileSystem.exists(path)
    }

    private func relative(_ path: String) -> String {
        path.hasPrefix(directory + "/") ? String(path.dropFirst(directory.count + 1)) : path
    }
}
