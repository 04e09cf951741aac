internal import Basics
internal import Executors
internal import Model
internal import Processes

/// Starts an executor's programs in one directory, behind one fence.
final class FencedPrograms: ProgramRunner {
    let directory: String
    let opensNetwork: Bool
    private let environment: [String: String]
    /// `nil` only where a person asked for no fence.
    private let fence: Fence?
    private let deadline: MonotonicTime
    private let context: Context

    init(
        in directory: String, plan: Plan, fence: Fence?, _ context: Context
    ) {
        (self.directory, self.fence, self.context) = (directory, fence, context)
        opensNetwork = plan.sandbox.opensNetwork
        environment = FenceDirectories.environment(context.environment, adding: plan.sandbox.environment)
        deadline = .now + plan.limits.attemptTimeout.value
    }

    func run(
        _ call: ProgramCall, onLine: ((Subprocess.OutputStream, String) -> Void)?
    ) throws(ExecutorError) -> ProcessOutcome {
        var program = Subprocess(
            call.arguments.first ?? "", Array(call.arguments.dropFirst()),
            environment: environment.merging(call.environment) { $1 })
        program.workingDirectory = directory
        (program.input, program.captureLimit, program.fence) = (call.input, call.captureLimit, fence)
        let left = deadline - .now
        guard left > .zero else { throw ExecutorError("fence", "the attempt is out of time") }
        program.timeout = min(call.timeout ?? left, left)
        context.failpoints.reach(.beforeProgram)
        let documents = try files(call.documents)
        program.passedDescriptors = documents.map(\.descriptor)
        do throws(SpawnError) {
            return try withExtendedLifetime(documents) { () throws(SpawnError) in
                try program.runFenced(context, cancellation: call.cancellation, onLine: onLine)
            }
        } catch { throw ExecutorError("fence", error) }
    }

    func advice(on outcome: ProcessOutcome) -> String? {
        guard fence != nil else { return nil }
        let advice = FenceAdvice(subject: .task, opensNetwork: opensNetwork, directory: directory)
        let sentences = advice.sentences(on: outcome)
        return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
    }

    private func files(_ documents: [[UInt8]]) throws(ExecutorError) -> [MemoryFile] {
        var files: [MemoryFile] = []
        do throws(FileError) {
            for document in documents { files.append(try MemoryFile(document)) }
        } catch { throw ExecutorError("fence", error) }
        return files
    }
}
