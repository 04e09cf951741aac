package import Basics
package import Model
internal import YAML

/// What was read of one file outside of a repository, and everything there is to say about it.
package struct FileReading<Value: Sendable>: Sendable {
    /// `nil` when there is any error.
    package let value: Value?
    package let diagnostics: [Diagnostic]
    package let files: [SourceFile]

    package var hasErrors: Bool { diagnostics.hasErrors }

    fileprivate static func read<Draft>(
        _ bytes: [UInt8], file: String, as format: RecordFormat<Draft>, from draft: Draft,
        _ value: (Draft) -> Value
    ) -> FileReading {
        var reader = ContractFileReader()
        var record = Record(draft)
        record.span = SourceSpan(start: .start, end: .start)
        if case .root(let root, var context) = reader.open(file, bytes) {
            if let root { format.read(root, into: &record, &context) }
            if root?.entries != nil || root == nil { format.reportMissing(record, &context) }
            reader.take(context)
        }
        let diagnostics = reader.finished()
        return FileReading(
            value: diagnostics.hasErrors ? nil : value(record.value), diagnostics: diagnostics, files: reader.files
        )
    }
}

/// Reads `targets/NAME.yaml`.
package enum TargetFileLoader {
    package static func load(_ bytes: [UInt8], file: String) -> FileReading<TargetRegistration> {
        .read(bytes, file: file, as: TargetFormat.record, from: TargetDraft()) { $0.target }
    }
}

/// Reads the older form of a target, one flat file that also says how far it may go by itself.
package enum AutonomyFileLoader {
    package static func load(_ bytes: [UInt8], file: String) -> FileReading<AutonomyFile> {
        .read(bytes, file: file, as: AutonomyFormat.record, from: AutonomyDraft()) { $0.finished }
    }
}

/// Reads the machine's own `config.yaml`.
package enum MachineConfigurationLoader {
    package static func load(_ bytes: [UInt8], file: String) -> FileReading<MachineConfiguration> {
        .read(bytes, file: file, as: MachineFormat.record, from: MachineDraft()) { draft in
            var configuration = MachineConfiguration()
            configuration.limits = draft.limits.finished
            configuration.forges = draft.forges
            configuration.groups = draft.groups
            configuration.registries = draft.registries
            configuration.notifications = draft.notifications
            configuration.controlPlane = draft.controlPlane
            configuration.anchorRemote = draft.anchorRemote
            configuration.serviceBreaker = draft.serviceBreaker.finished
            configuration.serviceBreakers = draft.serviceBreakers
            configuration.dispatch = draft.dispatch
            return configuration
        }
    }
}
