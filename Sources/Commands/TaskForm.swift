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
        let scope = try scope()
        let declaration = try addition.declaration(scope, executor: arguments.value("executor"))
        let title = try needed("title", "What is to be done, in one line?")
        var task = NewTask(
            id: arguments.value("id") ?? NewTask.id(from: title, besides: addition.ids), title: title)
        guard !addition.ids.contains(task.id) else {
            throw StageError(.invalid, "there is a task '\(task.id)' already", hint: "choose another --id")
        }
        (task.scope, task.executor) = (scope.name, arguments.value("executor"))
        task.allowedPaths = try paths(scope, of: task)
        task.details = arguments.value("description")
        if isConversation, task.details == nil { task.details = try optional("In more words") }
        task.inputs = try inputs(declaration)
        (task.criteria, task.labels) = (arguments.all("criterion"), arguments.all("label"))
        task.priority = arguments.value("priority")
        task.dependencies = try dependencies()
        task.isReady = arguments.flag("ready")
        if isConversation, !task.isReady {
            task.isReady = try Questions.confirm("May it run at once?", context.output)
        }
        return task
    }

    // MARK: Fields

    private func scope() throws -> Scope {
        let names = addition.contract.policy.scopes.map(\.name)
        if let name = arguments.argument("SCOPE") { return try addition.scope(name) }
        if asks {
            let question = "Of which scope is it? (\(names.joined(separator: ", ")))"
            return try Questions.ask(question, suggesting: names.first ?? "", context.output) {
                try addition.scope($0)
            }
        }
        if names.count == 1 { return try addition.scope(names[0]) }
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

    private func paths(_ scope: Scope, of task: NewTask) throws -> [String] {
        let given = arguments.all("path")
        if !given.isEmpty { return given }
        let allowed = scope.allowedPaths.map(\.text)
        guard asks else {
            throw arguments.misuse(
                "the task needs a '--path' that it may touch",
                hint: "scope '\(scope.name)' allows \(allowed.joined(separator: ", "))")
        }
        return try Questions.ask(
            "Which paths may it touch? (separated by spaces)", suggesting: allowed.joined(separator: " "),
            context.output
        ) { answer in
            var trial = task
            trial.allowedPaths = answer.split(separator: " ").map(String.init)
            try addition.checkPaths(of: trial)
            return trial.allowedPaths
        }
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
        let given = arguments.all("input")
        guard asks, let declaration else { return try checked(given, declaration) }
        while true {
            let answers = try answers(declaration, given)
            do { return try checked(given + answers, declaration) } catch let error as any ExplainedError {
                // What was typed can be typed anew, what stands on the command line cannot.
                guard given.isEmpty else { throw error }
                context.output.error(error)
            }
        }
    }

    private func checked(_ assignments: [String], _ declaration: ExecutorInputs?) throws -> JSON {
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
        where input.isRequired || input.name == key || declaration.record.isOneOfThoseAskedFor(input.name) {
            try ask(input)
        }
        let known = try? InputAssignments.read(given + answers, for: declaration)
        let variant = declaration.record.variants?.records.first { $0.value == key.flatMap { known?[$0]?.string } }
        for input in variant?.record.members ?? []
        where input.isRequired || variant?.record.isOneOfThoseNeeded(input.name) == true {
            try ask(input)
        }
        if declaration.record.others != nil { answers += try others(declaration) }
        return answers
    }

    /// Inputs whose names the person chooses, until there is nothing more to say.
    private func others(_ declaration: ExecutorInputs) throws -> [String] {
        let example = (declaration.example.split(separator: "\n").first.map(String.init) ?? "")
            .replacing(": ", with: "=").replacing("\"", with: "")
        var answers: [String] = []
        while true {
            let question = answers.isEmpty ? "Which one, as in \(example)?" : "Another one?"
            let answer = try Questions.ask(question, suggesting: "", context.output) { answer in
                if !answer.isEmpty, !answer.dropFirst().contains("=") {
                    throw StageError(.invalid, "'\(answer)' is no NAME=VALUE", hint: "write it as \(example)")
                }
                return answer
            }
            guard !answer.isEmpty else { return answers }
            answers.append(answer)
        }
    }
}

extension InputRecord {
    /// Where the person chooses the names, the input that holds them is only another way to write them.
    fileprivate func isOneOfThoseAskedFor(_ name: String) -> Bool {
        neededOther == nil && isOneOfThoseNeeded(name)
    }

    fileprivate func isOneOfThoseNeeded(_ name: String) -> Bool { choice.contains(name) || some.contains(name) }
}
