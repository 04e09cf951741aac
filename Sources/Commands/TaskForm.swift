internal import Basics
internal import CommandLine
internal import Contracts
internal import Model
internal import Paths
internal import Runner

/// The fields of a new task: from the command line, else asked for.
struct TaskForm {
    private let addition: TaskAddition
    private let context: CommandContext
    private let asks: Bool

    init(_ addition: TaskAddition, _ context: CommandContext, asks: Bool) {
        (self.addition, self.context, self.asks) = (addition, context, asks)
    }

    private var arguments: ParsedArguments { context.arguments }

    /// Whether the person wants to be led; one who gave the title knows what else to give.
    private var isConversation: Bool { asks && !arguments.isGiven("title") }

    func filled() throws -> NewTask {
        let scope = try addition.scope(try scopeName())
        let declaration = try addition.declaration(scope, executor: arguments.value("executor"))
        let title = try needed("title", "What is to be done, in one line?")
        var task = NewTask(
            id: arguments.value("id") ?? NewTask.id(from: title, besides: addition.ids), title: title)
        guard !addition.ids.contains(task.id) else {
            throw StageError(.invalid, "there is a task '\(task.id)' already", hint: "choose another --id")
        }
        (task.scope, task.executor) = (scope.name, arguments.value("executor"))
        task.allowedPaths = try paths(scope)
        task.details = arguments.value("description")
        if isConversation, task.details == nil { task.details = try optional("In more words") }
        task.inputs = try inputs(declaration)
        (task.criteria, task.labels) = (arguments.all("criterion"), arguments.all("label"))
        task.priority = arguments.value("priority")
        task.dependencies = try dependencies()
        task.isReady = arguments.flag("ready")
        if isConversation, !task.isReady {
            task.isReady = try Questions.ask("May it run at once? (y/n)", suggesting: "n", context.output) == "y"
        }
        return task
    }

    // MARK: Fields

    private func scopeName() throws -> String {
        let names = addition.contract.policy.scopes.map(\.name)
        if let name = arguments.argument("SCOPE") { return name }
        if asks {
            return try Questions.ask(
                "Of which scope is it? (\(names.joined(separator: ", ")))", suggesting: names.first ?? "",
                context.output)
        }
        if names.count == 1 { return names[0] }
        throw arguments.misuse("of which scope is the task?", hint: "there are \(names.joined(separator: ", "))")
    }

    private func needed(_ option: String, _ question: String) throws -> String {
        if let given = arguments.value(option), !given.trimmed.isEmpty { return given.trimmed }
        guard asks else { throw arguments.misuse("the task needs a '--\(option)'") }
        while true {
            let answer = try Questions.ask(question, suggesting: "", context.output)
            if !answer.isEmpty { return answer }
        }
    }

    private func optional(_ question: String) throws -> String? {
        let answer = try Questions.ask(question + "?", suggesting: "", context.output)
        return answer.isEmpty ? nil : answer
    }

    private func paths(_ scope: Scope) throws -> [String] {
        let given = arguments.all("path")
        if !given.isEmpty { return given }
        let allowed = scope.allowedPaths.map(\.text).joined(separator: ", ")
        guard asks else {
            throw arguments.misuse(
                "the task needs a '--path' that it may touch", hint: "scope '\(scope.name)' allows \(allowed)")
        }
        let answer = try Questions.ask(
            "Which paths may it touch? (separated by spaces; the scope allows \(allowed))", suggesting: "",
            context.output)
        return answer.split(separator: " ").map(String.init)
    }

    private func dependencies() throws -> [String] {
        let given = arguments.all("after")
        for name in given where !addition.ids.contains(name) {
            let nearest = Suggestion.nearest(to: name, among: addition.ids.sorted()).map {
                "did you mean '\($0)'?"
            }
            throw StageError(
                .invalid, "there is no task '\(name)' to wait for",
                hint: nearest ?? "'leviathan tasks --from-worktree' lists them")
        }
        return given
    }

    // MARK: Inputs

    private func inputs(_ declaration: ExecutorInputs?) throws -> JSON {
        var assignments = arguments.all("input")
        if asks, let declaration { assignments += try answers(declaration, assignments) }
        let inputs: JSON
        do throws(InputAssignmentError) { inputs = try InputAssignments.read(assignments, for: declaration) } catch
        {
            throw arguments.misuse(error.message)
        }
        guard let declaration else { return inputs }
        let templates =
            (try? FileSystem.list(addition.checkout.root + "/" + ContractPaths.templateDirectory)) ?? []
        let problems = InputCheck.problems(of: inputs, declaration, templates: { templates })
        guard problems.isEmpty else {
            throw StageError(
                .invalid, "the executor '\(declaration.executor)' cannot work with these inputs",
                causes: problems.prefix(10).map { $0.message + ($0.hint.map { " (\($0))" } ?? "") },
                hint: "'leviathan executors \(declaration.executor)' shows what it takes, with examples")
        }
        return inputs
    }

    /// Asks for what has to be there, and for what decides about that.
    private func answers(_ declaration: ExecutorInputs, _ given: [String]) throws -> [String] {
        var named = Set(given.compactMap { $0.split(separator: "=").first.map(String.init) })
        var answers: [String] = []
        func ask(_ input: Input) throws {
            guard named.insert(input.name).inserted else { return }
            let question = "\(input.name): \(input.summary) (such as \(input.example))"
            let answer = try Questions.ask(question, suggesting: "", context.output)
            if !answer.isEmpty { answers.append("\(input.name)=\(answer)") }
        }
        let key = declaration.record.variants?.key
        for input in declaration.record.members
        where input.isRequired || input.name == key || declaration.record.isOneOfThoseNeeded(input.name) {
            try ask(input)
        }
        let known = try? InputAssignments.read(given + answers, for: declaration)
        let variant = declaration.record.variants?.records.first { $0.value == key.flatMap { known?[$0]?.string } }
        for input in variant?.record.members ?? []
        where input.isRequired || variant?.record.isOneOfThoseNeeded(input.name) == true {
            try ask(input)
        }
        return answers
    }
}

extension InputRecord {
    fileprivate func isOneOfThoseNeeded(_ name: String) -> Bool { choice.contains(name) || some.contains(name) }
}
