internal import Basics
internal import CommandLine
internal import Kubernetes
internal import Runner

/// `leviathan manifests`: what runs in a cluster.
enum ManifestsCommand: Command {
    static let name = "manifests"

    static let spec = CommandSpec(
        name, group: .setUp, "Print the Kubernetes manifests of Leviathan itself",
        discussion: """
            One stream for 'kubectl apply -f -', with the same objects as 'kubectl kustomize' makes of \
            deploy/kubernetes/overlays/NAME. --json prints them as one List. --write makes the files of \
            deploy/kubernetes in a directory, for overlays of your own.
            """,
        options: [
            OptionSpec(
                "overlay", .value("NAME"), choices: InstallationOverlay.allCases.map(\.rawValue), default: "base",
                "For which kind of cluster"),
            OptionSpec("image", .value("IMAGE"), "The image to run: NAME@sha256:… or NAME:local"),
            OptionSpec(
                "write", .value("DIR"), completion: .directories, excludes: ["overlay", "image", "json"],
                "Write the base and every overlay there"),
        ],
        examples: [
            CommandSpec.Example("leviathan manifests --overlay k3s | kubectl apply -f -", "install, or upgrade"),
            CommandSpec.Example("leviathan manifests --write deploy/kubernetes", "files to build upon"),
        ])

    static func run(_ context: CommandContext) throws -> ExitCode {
        if let directory = context.arguments.value("write") { return try write(to: directory, context) }
        let overlay = context.arguments.choice("overlay", InstallationOverlay.self) ?? .base
        let resources = overlay.resources(image: try image(context))
        if context.isJSON {
            context.output.json(["apiVersion": "v1", "kind": "List", "items": .array(resources)])
        } else {
            context.output.data(ManifestText.stream(resources))
        }
        return .done
    }

    private static func image(_ context: CommandContext) throws(UsageError) -> ContainerImage? {
        guard let reference = context.arguments.value("image") else { return nil }
        do throws(ImageReferenceError) { return try ContainerImage(reference) } catch {
            throw UsageError(SafeText.line(error.message), hint: error.hint)
        }
    }

    /// Files of the same names are replaced, and others left alone.
    private static func write(to directory: String, _ context: CommandContext) throws -> ExitCode {
        do throws(FileError) {
            for file in DeploymentTree.files {
                let path = directory + "/" + file.path
                try FileSystem.createDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)]))
                try FileSystem.write(Array(file.text.utf8), to: path)
            }
        } catch {
            throw StageError(
                .invalid, "the manifests cannot be written to '\(SafeText.line(directory))'", causes: error.causes,
                hint: "name a directory that you can write to")
        }
        context.output.note("wrote \(DeploymentTree.files.count) files below \(SafeText.line(directory))")
        return .done
    }
}
