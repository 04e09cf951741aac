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
            guard try FileSystem.status(path) != nil else { return MachineConfiguration() }
            bytes = try FileSystem.read(path, limit: sizeLimit)
        } catch { throw StageError(.invalid, error) }
        let reading = MachineConfigurationLoader.load(bytes, file: path)
        guard let configuration = reading.value else {
            let problems = DiagnosticRenderer(files: reading.files, usesColor: false)
                .render(reading.diagnostics.filter { $0.severity == .error }, as: .short)
            throw StageError(
                .invalid, "this machine's configuration is invalid",
                causes: problems.split(separator: "\n").map(String.init))
        }
        return configuration
    }
}
