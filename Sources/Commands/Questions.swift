internal import Basics
internal import CommandLine
internal import Glibc
internal import Runner
internal import Synchronization

/// Questions to a person at a terminal.
enum Questions {
    /// Whether somebody can read the question and type an answer.
    static var canBeAsked: Bool { isatty(0) == 1 && isatty(2) == 1 }

    /// The line that was typed, or the suggestion where it is empty; the end of input and Ctrl-C mean that the person left.
    static func ask(_ question: String, suggesting guess: String, _ output: Printer) throws -> String {
        Interrupts.listen()
        output.prompt(guess.isEmpty ? "\(question) " : "\(question) [\(SafeText.line(guess))] ")
        guard waitForInput(), let line = readLine() else {
            output.note("")
            throw StageError(.interrupted, "no answer; nothing was written")
        }
        let answer = line.trimmed
        return answer.isEmpty ? guess : answer
    }

    /// What the answer to a question is read as; where it cannot be, the reason is shown and the question asked again.
    static func ask<Value>(
        _ question: String, suggesting guess: String, _ output: Printer, _ read: (String) throws -> Value
    ) throws -> Value {
        while true {
            let answer = try ask(question, suggesting: guess, output)
            do { return try read(answer) } catch let error as any ExplainedError { output.error(error) }
        }
    }

    static func confirm(_ question: String, _ output: Printer) throws -> Bool {
        try ask(question + " (y/n)", suggesting: "n", output) { answer in
            switch answer.lowercased() {
            case "y", "yes": true
            case "n", "no": false
            default: throw StageError(.invalid, "'\(answer)' is neither y nor n")
            }
        }
    }

    /// Whether a line, or the end of the input, came before Ctrl-C.
    private static func waitForInput() -> Bool {
        var input = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
        while !Interrupts.isRequested.load(ordering: .relaxed) {
            if poll(&input, 1, 50) > 0 { return true }
        }
        return false
    }
}
