package import Basics
internal import Contracts
package import Model

/// The machine's own limits, which hold for every target on it.
package enum MachineLimits {
    package static func read(_ context: Context) throws(StageError) -> Limits {
        try MachineConfiguration.read(context).limits
    }
}

extension MachineConfiguration {
    private static let sizeLimit = 1 << 20

    /// Reads `config.yaml` in Leviathan's home; a file that cannot be read refuses, as any limit does.
    package static func read(_ context: Context) throws(StageError) -> MachineConfiguration {
        let path = context.home + "/config.yaml"
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
