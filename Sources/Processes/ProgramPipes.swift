internal import Basics
internal import CLinux
internal import Glibc

/// The pipes between Leviathan, the supervisor and the program; none where the program inherits.
struct ProgramPipes {
    let input: (read: Descriptor, write: Descriptor)
    let output: (read: Descriptor, write: Descriptor)
    let errors: (read: Descriptor, write: Descriptor)
    let report: (read: Descriptor, write: Descriptor)
    let control: (read: Descriptor, write: Descriptor)
    /// What becomes the program's descriptors 0, 1 and 2.
    let standard: (Int32, Int32, Int32)

    init(for program: Subprocess) throws(SpawnError) {
        do throws(FileError) {
            var inheritsInput = false
            if case .inherited = program.input { inheritsInput = true }
            let (inheritsOutput, inheritsErrors) = (program.output == .inherited, program.errors == .inherited)
            input = try Self.pipe(unless: inheritsInput, 0)
            output = try Self.pipe(unless: inheritsOutput, 1)
            errors = try Self.pipe(unless: inheritsErrors, 2)
            report = try Descriptor.pipe()
            control = try Descriptor.pipe()
            standard = (
                inheritsInput ? 0 : input.read.number, inheritsOutput ? 1 : output.write.number,
                inheritsErrors ? 2 : errors.write.number
            )
        } catch {
            throw SpawnError(executable: program.executable, operation: "make pipes for", code: error.code)
        }
    }

    /// Closes what only the program and its supervisor use.
    func closeProgramEnds() {
        for descriptor in [input.read, output.write, errors.write, report.write, control.read] {
            descriptor.close()
        }
    }

    /// A pipe, or two closed ends where the caller's own descriptor takes its place.
    private static func pipe(
        unless inherits: Bool, _ number: Int32
    ) throws(FileError) -> (read: Descriptor, write: Descriptor) {
        guard inherits else { return try Descriptor.pipe() }
        var info = stat()
        guard fstat(number, &info) == 0 else { throw FileError("inherit", "descriptor \(number)", errno) }
        // a directory would be a way around every path that the fence closes
        guard info.st_mode & S_IFMT != S_IFDIR else { throw FileError("inherit", "descriptor \(number)", EISDIR) }
        return (Descriptor(-1), Descriptor(-1))
    }
}
