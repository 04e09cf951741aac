package import Contracts
internal import Model

extension Job {
    /// The task's inputs, when they are what the executor declares; all mistakes are told at once.
    package func inputs(_ declaration: ExecutorInputs) throws(ExecutorError) -> InputValues {
        let problems = InputCheck.problems(of: task.inputs, declaration)
        guard let first = problems.first else { return InputValues(task.inputs, declaration) }
        throw ExecutorError(
            declaration.executor, first.message, causes: problems.dropFirst().prefix(20).map(\.message),
            hint: first.hint)
    }
}
