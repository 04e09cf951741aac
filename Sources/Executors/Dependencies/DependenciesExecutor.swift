internal import Basics
package import Contracts
internal import Editing
internal import Manifests
package import Model

/// Sets packages to the versions that a task names, in every manifest that it may touch.
package struct DependenciesExecutor: Executor {
    package let name = "dependencies"
    package let version = "3"
    package let summary =
        "versions of packages from inputs, named or looked up, in the manifests of eleven ecosystems"

    package init() {}

    package var inputs: ExecutorInputs? { DependenciesInputs.declaration }

    package func runsPrograms(for task: BacklogTask) -> Bool {
        WantedPackages.hasWishes(task.inputs) || task.allowedPaths.contains { LockFiles.isNamed(by: $0) }
    }

    package func execute(_ job: Job, in files: any FileView) throws(ExecutorError) -> Report {
        _ = try job.inputs(DependenciesInputs.declaration)
        var wanted = try WantedPackages(job.task.inputs)
        var lookup = VersionLookup(job)
        if wanted.packages.contains(where: { $0.wish != nil }) {
            let present = StagedFiles(files, for: job)
            wanted = try lookup.resolve(wanted, seen: try survey(wanted, present), in: present)
        }
        let staged = StagedFiles(files, for: job)
        let survey = try survey(wanted, staged)
        try survey.checkAllAreUsed(in: staged)
        do throws(FileViewError) {
            let changed = try staged.commit()
            var locks = LockFiles(job, files)
            try locks.refresh(beside: changed)
            var report = Report(notes: survey.notes(changed: !changed.isEmpty) + lookup.notes + locks.notes)
            report.declaredInputs = .object(lookup.declared + locks.declared)
            if let failure = locks.failure {
                throw FileViewError(failure.message, causes: failure.causes)
            }
            return report
        } catch { throw ExecutorError(name, error) }
    }

    private func survey(
        _ wanted: WantedPackages, _ staged: StagedFiles
    ) throws(ExecutorError) -> DependencySurvey {
        var survey = DependencySurvey(wanted)
        do throws(EditRefusal) { try survey.update(staged) } catch {
            throw ExecutorError(name, error.message, hint: error.hint)
        }
        return survey
    }
}
