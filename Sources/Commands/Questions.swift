internal import Basics
internal import CommandLine
internal import Glibc
internal import Runner

/// Questions to a person at a terminal.
enum Questions {
    /// Whether somebody can read the question and type an answer.
    static var canBeAsked: Bool { isatty(0) == 1 && isatty(2) == 1 }

    /// The line that was typed, or the suggestion where it is empty; the end of input means that the person left.
    static func ask(_ question: String, suggesting guess: String, _ output: Printer) throws -> String {
        output.prompt(guess.isEmpty ? "\(question) " : "\(question) [\(SafeText.line(guess))] ")
        guard let line = readLine() else {
            output.note("")
            throw StageError(.interrupted, "no answer; nothing was written")
        }
        let text = String(line.drop { $0 == " " })
        let answer = String(text.reversed().drop { $0 == " " }.reversed())
        return answer.isEmpty ? guess : answer
    }
}
