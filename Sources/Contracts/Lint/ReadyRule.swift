internal import Basics
internal import Model

/// An older variant has no `ready` and runs whatever is pending; Leviathan does not, and says so once.
enum ReadyRule {
    static func check(_ subject: LintSubject, _ report: inout LintReport) {
        let open = subject.tasks.filter { !$0.isFinished }
        guard let first = open.first,
            !subject.tasks.contains(where: { $0.entry("ready") != nil })
        else { return }
        report.add(
            .nothingReady, "no task has 'ready', and nothing runs that nobody released", in: first.file,
            at: first.idSpan, hint: "add 'ready: true' to each task that may run")
    }
}
