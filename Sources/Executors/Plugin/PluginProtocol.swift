package import Basics
package import Contracts

/// What Leviathan and a plugin say to each other: one JSON object a line.
///
/// Leviathan writes `hello` and `task` to the plugin's standard input and closes it. The plugin answers with its own
/// `hello`, with any number of `progress`, `log` and `artifact`, and with one `result` at the end.
enum PluginProtocol {
    static let version = 1

    static var hello: JSON { ["type": "hello", "protocol": .integer(version)] }

    static func task(_ job: Job, directory: String) -> JSON {
        var members: [JSON.Member] = [JSON.Member("type", "task")]
        members += TaskDescription.json(of: job).members ?? []
        members.append(JSON.Member("directory", .string(directory)))
        members.append(JSON.Member("recorded", job.recorded ?? .null))
        return .object(members)
    }
}

/// What a plugin said of itself.
package struct PluginGreeting: Sendable, Equatable {
    package let version: String
    package let summary: String
    /// What it wants to know of a task; `nil` where it does not say.
    package var inputs: ExecutorInputs?

    package static func == (left: PluginGreeting, right: PluginGreeting) -> Bool {
        left.version == right.version && left.summary == right.summary
    }
}

/// Takes a plugin's lines one by one, and keeps what they came to.
package struct PluginConversation {
    private static let artifactLimit = 64 << 20
    private static let messageLimit = 10_000

    private(set) var greeting: PluginGreeting?
    private(set) var report = Report()
    private(set) var log: [UInt8] = []
    /// The plugin's own word on why it could not do the task.
    private(set) var failure: String?
    private(set) var hasResult = false
    /// The first thing that broke the protocol; nothing after it counts.
    private(set) var violation: String?
    /// What the task says, to be held against what the plugin declares.
    private let task: (executor: String, inputs: JSON)?
    /// What is wrong with the task's inputs.
    private(set) var refused: ExecutorError?
    private var messages = 0
    private var artifactBytes = 0

    package init(task: (executor: String, inputs: JSON)? = nil) { self.task = task }

    /// Whether there is no use in hearing more.
    package var isOver: Bool { violation != nil || refused != nil }

    /// Returns a line of progress to show, if the message was one.
    @discardableResult
    package mutating func take(_ line: String) -> String? {
        guard !isOver, !line.allSatisfy(\.isWhitespace) else { return nil }
        messages += 1
        guard messages <= Self.messageLimit else {
            return broke("it wrote more than \(Self.messageLimit) messages")
        }
        guard let message = try? JSON.parse(Array(line.utf8)), let type = message["type"]?.string else {
            return broke("'\(Self.shortened(line))' is not a message: each line is a JSON object with a 'type'")
        }
        if greeting == nil && type != "hello" { return broke("its first message is '\(type)' and not 'hello'") }
        if hasResult { return broke("it wrote '\(type)' after its result") }
        return take(message, type)
    }

    private mutating func take(_ message: JSON, _ type: String) -> String? {
        switch type {
        case "hello": return greet(message)
        case "progress": return message["message"]?.string.map(Self.shortened)
        case "log":
            log += Array((message["message"]?.string ?? "").utf8.prefix(64 << 10)) + [UInt8(ascii: "\n")]
            if log.count > 4 << 20 { log.removeFirst(log.count - (4 << 20)) }
            return nil
        case "artifact": return keep(message)
        case "result": return finish(message)
        default: return broke("'\(Self.shortened(type))' is no type of message")
        }
    }

    private mutating func greet(_ message: JSON) -> String? {
        guard greeting == nil else { return broke("it said hello twice") }
        guard let version = message["protocol"]?.integer else { return broke("its hello names no protocol") }
        guard version == PluginProtocol.version else {
            return broke("it speaks protocol \(version), and this is protocol \(PluginProtocol.version)")
        }
        var greeting = PluginGreeting(
            version: Self.shortened(message["version"]?.string ?? "0"),
            summary: Self.shortened(message["summary"]?.string ?? ""))
        if let declared = message["inputs"], !declared.isNull {
            switch ExecutorInputs.declared(by: task?.executor ?? "", declared) {
            case .success(let inputs): greeting.inputs = inputs
            case .failure(let error):
                return broke("its hello declares inputs that cannot be read: \(error.message)")
            }
        }
        self.greeting = greeting
        hold(greeting)
        return nil
    }

    /// A task that the plugin would misunderstand is not left to it.
    private mutating func hold(_ greeting: PluginGreeting) {
        guard let task, let declaration = greeting.inputs else { return }
        let problems = InputCheck.problems(of: task.inputs, declaration)
        guard let first = problems.first else { return }
        refused = ExecutorError(
            task.executor, first.message, causes: problems.dropFirst().prefix(20).map(\.message), hint: first.hint)
    }

    private mutating func keep(_ message: JSON) -> String? {
        guard let name = message["name"]?.string, let text = message["text"]?.string else {
            return broke("an artifact needs 'name' and 'text'")
        }
        artifactBytes += text.utf8.count
        guard artifactBytes <= Self.artifactLimit, report.artifacts.count < 100 else {
            return broke("its artifacts are more than 100, or more than \(SizeText.text(Self.artifactLimit))")
        }
        report.artifacts.append(
            ReportedArtifact(
                kind: Self.shortened(message["kind"]?.string ?? "artifact"), name: Self.shortened(name),
                bytes: Array(text.utf8)))
        return nil
    }

    private mutating func finish(_ message: JSON) -> String? {
        hasResult = true
        report.notes = (message["notes"]?.elements ?? []).prefix(100).compactMap(\.string).map(Self.shortened)
        if let inputs = message["declared_inputs"], inputs.members != nil { report.declaredInputs = inputs }
        if message["ok"]?.bool != true {
            failure = Self.shortened(message["error"]?.string ?? "it gave no reason")
        }
        return nil
    }

    private mutating func broke(_ reason: String) -> String? {
        violation = reason
        return nil
    }

    private static func shortened(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 200 ? line.prefix(199) + "…" : line
    }
}
