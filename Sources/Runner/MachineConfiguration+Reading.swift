package import Basics
internal import Contracts
package import Model

extension MachineConfiguration {
    private static let sizeLimit = 1 << 20

    /// Where it is; the scheduler keeps to a copy of the last one that could be read.
    package static func path(_ context: Context) -> String {
        if let path = context.environment["LEVIATHAN_CONFIG"], !path.isEmpty { return path }
        return context.home + "/config.yaml"
    }

    /// Reads `config.yaml` in Leviathan's home; a file that cannot be read refuses, as any limit does.
    package static func read(_ context: Context) throws(StageError) -> MachineConfiguration {
        let path = path(context)
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try FileSystem.status(path) == nil ? [] : FileSystem.read(path, limit: sizeLimit)
        } catch { throw StageError(.invalid, error) }
        var configuration = MachineConfiguration()
        if !bytes.isEmpty {
            configuration = try MachineConfigurationLoader.load(bytes, file: path)
                .valid("this machine's configuration is invalid", hint: nil)
        }
        if let file = try AutonomyFile.read(context) { configuration.groups.append(file.group) }
        return configuration
    }

    /// The group that a target says it belongs to.
    package func group(of target: TargetRegistration) throws(StageError) -> TargetGroup? {
        guard let name = target.group else { return nil }
        if let group = groups.first(where: { $0.name == name }) { return group }
        throw StageError(
            .invalid, "the target '\(target.name)' is in the group '\(name)', which config.yaml does not have",
            hint: "add it under 'groups:', or take the target out of it")
    }
}

extension FileReading {
    /// What was read, or an error that lists what is wrong with it.
    func valid(_ message: String, hint: String?) throws(StageError) -> Value {
        if let value { return value }
        let problems = DiagnosticRenderer(files: files, usesColor: false)
            .render(diagnostics.filter { $0.severity == .error }, as: .short)
        throw StageError(.invalid, message, causes: problems.split(separator: "\n").map(String.init), hint: hint)
    }
}
