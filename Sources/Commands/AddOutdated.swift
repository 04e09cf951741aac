internal import Basics
internal import CommandLine
internal import Contracts
internal import Model
internal import Paths
internal import Runner

/// `leviathan add --outdated`: a task for each package that could be raised and is picked.
enum AddOutdated {
    /// Files that belong to a manifest, by its ecosystem.
    private static let lockFiles: [String: [String]] = [
        "npm": ["package-lock.json", "pnpm-lock.yaml", "yarn.lock"], "cargo": ["Cargo.lock"], "go": ["go.sum"],
        "pypi": ["poetry.lock", "uv.lock", "Pipfile.lock"], "gem": ["Gemfile.lock"],
    ]

    static func run(_ context: CommandContext) throws -> ExitCode {
        for option in ["title", "path", "input", "id"] where context.arguments.isGiven(option) {
            throw context.arguments.misuse("'--\(option)' and '--outdated' exclude each other")
        }
        Interrupts.cancel(context.shared.cancellation)
        let found = try OutdatedCommand.packages(context)
        for package in found.unknown where package.isTrouble {
            context.output.warning(
                StageError(.unexpected, "'\(package.name)' could not be looked up", causes: [package.reason]))
        }
        let picked = try pick(found.outdated, context)
        var tasks: [JSON] = []
        for package in picked { tasks.append(try add(package, context)) }
        if context.isJSON { context.output.json(["tasks": .array(tasks)]) }
        if picked.isEmpty {
            context.output.note("nothing that was looked up could be raised: no task was written")
        }
        return found.unknown.contains(where: \.isTrouble) ? .unexpectedFailure : .done
    }

    // MARK: Which

    private static func pick(
        _ packages: [OutdatedPackage], _ context: CommandContext
    ) throws -> [OutdatedPackage] {
        guard !packages.isEmpty else { return [] }
        var wanted = context.arguments.all("pick")
        if wanted.isEmpty {
            guard !context.isJSON, Questions.canBeAsked else {
                throw context.arguments.misuse(
                    "which of them?",
                    hint: "--pick NAME, or --pick all; there are " + packages.map(\.name).joined(separator: ", "))
            }
            for (index, package) in packages.enumerated() {
                let line =
                    "\(index + 1)  \(package.name)  \(package.current) → \(package.newest)  (\(package.step))"
                context.output.note(SafeText.line(line))
            }
            let answer = try Questions.ask("Which of them? (numbers, or 'all')", suggesting: "all", context.output)
            wanted = answer.split { $0 == " " || $0 == "," }.map { word in
                Int(word).flatMap { packages.indices.contains($0 - 1) ? packages[$0 - 1].name : nil }
                    ?? String(word)
            }
        }
        if wanted == ["all"] { return packages }
        return try wanted.map { name in
            if let package = packages.first(where: { $0.name == name || "\($0.ecosystem):\($0.name)" == name }) {
                return package
            }
            let nearest = Suggestion.nearest(to: name, among: packages.map(\.name)).map { "did you mean '\($0)'?" }
            throw StageError(
                .invalid, "no package '\(name)' could be raised",
                hint: nearest ?? "'leviathan outdated' lists those that could")
        }
    }

    // MARK: The task

    private static func add(_ package: OutdatedPackage, _ context: CommandContext) throws -> JSON {
        // Each is added to what the one before left.
        let addition = try TaskAddition(context.directory, context.shared)
        let task = try task(for: package, addition, context)
        let written = try addition.written(task, inOwnFile: context.arguments.flag("own-file"))
        let isDryRun = context.arguments.flag("dry-run")
        if isDryRun {
            if !context.isJSON { context.output.data(task.text) }
        } else {
            try AddCommand.write(written, addition.checkout.root)
            context.output.note("added '\(SafeText.line(task.id))' to \(written.path)")
        }
        return [
            "task": .string(task.id), "file": .string(written.path), "package": .string(package.name),
            "version": .string(package.newest), "written": .bool(!isDryRun),
        ]
    }

    private static func task(
        for package: OutdatedPackage, _ addition: TaskAddition, _ context: CommandContext
    ) throws -> NewTask {
        let scope = try scope(addition, context)
        let title = "Raise \(package.name) from \(package.current) to \(package.newest)"
        let id = NewTask.id(from: "raise \(package.name) to \(package.newest)", besides: addition.ids)
        var task = NewTask(id: id, title: title)
        task.scope = scope.name
        task.executor = scope.executor == "dependencies" || scope.name == "dependencies" ? nil : "dependencies"
        task.allowedPaths = paths(of: package, scope, addition.checkout.root)
        task.inputs = .object([JSON.Member("\(package.ecosystem):\(package.name)", .string(package.newest))])
        (task.labels, task.priority) = (context.arguments.all("label"), context.arguments.value("priority"))
        task.isReady = context.arguments.flag("ready")
        return task
    }

    private static func scope(_ addition: TaskAddition, _ context: CommandContext) throws -> Scope {
        if let name = context.arguments.argument("SCOPE") { return try addition.scope(name) }
        return try addition.scope("dependencies")
    }

    /// The manifests, and the lock files beside them that the scope allows.
    private static func paths(of package: OutdatedPackage, _ scope: Scope, _ root: String) -> [String] {
        var paths = package.paths.map(\.description)
        for manifest in package.paths {
            let directory = manifest.parent.map { "\($0)/" } ?? ""
            for name in lockFiles[package.ecosystem] ?? [] {
                guard let path = try? RepoPath(directory + name), FileSystem.exists(root + "/\(path)"),
                    scope.allowedPaths.contains(where: { $0.matches(path) }), !paths.contains("\(path)")
                else { continue }
                paths.append("\(path)")
            }
        }
        return paths
    }
}
