package import Basics
internal import Contracts
package import Model

extension AutonomyFile {
    private static let sizeLimit = 1 << 20
    /// The variable by which a run and its children know of the file.
    package static let variable = "LEVIATHAN_AUTONOMY_FILE"

    /// The older, flat file of the target that is run; `nil` where none is.
    package static func read(_ context: Context) throws(StageError) -> AutonomyFile? {
        guard let path = context.environment[variable], !path.isEmpty else { return nil }
        let bytes: [UInt8]
        do throws(FileError) { bytes = try FileSystem.read(path, limit: sizeLimit) } catch {
            throw StageError(.invalid, error)
        }
        var file = try AutonomyFileLoader.load(bytes, file: path)
            .valid("the autonomy file is invalid", hint: "mend '\(path)'")
        // Its limits count for the target alone, as those of a group that has no other.
        file.registration.group = file.groupName
        return file
    }

    private var groupName: String { "the file of \(registration.name)" }

    package var group: TargetGroup {
        var group = TargetGroup(groupName)
        group.limits = limits
        return group
    }
}
