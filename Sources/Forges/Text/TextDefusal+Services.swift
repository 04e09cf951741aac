internal import Basics
internal import Model

/// Words by which services are told to look away.
///
/// What the services publish (each in any case, `-` and `_` as good as a blank):
/// - GitHub: `[skip ci]` `[ci skip]` `[no ci]` `[skip actions]` `[actions skip]`, trailers `skip-checks: true` and
///   `request-checks: true`
/// - GitLab, Bitbucket, Bitrise, Semaphore: `[skip ci]` `[ci skip]`, some with their own name
/// - Woodpecker and Drone: those, also as one word, and `***NO_CI***`, which Vela takes too
/// - Azure Pipelines: those, `[skip azurepipelines]`, `[skip azpipelines]`, `[skip azp]`, each turned round
/// - Jenkins' builder of pull requests: `[skip` and `ci]` with anything but letters between them; JFrog: `[skipRun]`;
///   CodeShip: `--skip-ci` and `--ci-skip`
/// - Travis, AppVeyor, CircleCI, Buildkite, CodeBuild, Netlify, Vercel, Render, Cloudflare Pages (`[CF-Pages-Skip]`),
///   Amplify (`[skip-cd]`): a word for the service before or behind `skip`; Render makes a copy for `[render preview]`
///
/// New ones keep coming and all look alike, so that the shape is what counts: brackets around a few words that begin
/// or end with `skip`, or that are `no` and one more.
extension TextDefusal {
    private static let longestBracket = 48
    private static let mostWords = 5
    /// What stands beside `skip` where both are one word.
    private static let joined: Set<String> = [
        "ci", "cd", "run", "runs", "build", "builds", "deploy", "actions", "checks", "pipeline", "azp", "travis",
        "travisci",
    ]

    static func withoutServiceWords(_ text: String) -> String {
        ServiceCommands.broken(withoutQuietWords(text))
    }

    private static func withoutQuietWords(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        var output = String.UnicodeScalarView()
        output.reserveCapacity(scalars.count)
        for (place, scalar) in scalars.enumerated() {
            output.append(scalar)
            let isQuiet =
                switch scalar {
                case "[": opensQuietWords(scalars, place + 1)
                case "O", "o": endsWord("***no", scalars, place) && startsWord("_ci***", scalars, place + 1)
                case "P", "p":
                    endsWord("skip", scalars, place) && startsChecks(scalars, place + 1)
                        || endsWord("--skip", scalars, place) && startsWord("-ci", scalars, place + 1)
                case "T", "t": endsWord("request", scalars, place) && startsChecks(scalars, place + 1)
                case "I", "i": endsWord("--ci", scalars, place) && startsWord("-skip", scalars, place + 1)
                default: false
                }
            if isQuiet { output.append(breaker) }
        }
        return String(output)
    }

    /// Whether the words up to the closing bracket are of the shape.
    private static func opensQuietWords(_ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
        let limit = min(scalars.count, start + longestBracket)
        guard start < limit, let end = scalars[start..<limit].firstIndex(of: "]") else { return false }
        let words = scalars[start..<end].split { isSeparator($0) }.map { word in
            String(String.UnicodeScalarView(word)).lowercased()
        }
        switch words.count {
        case 1: return isJoined(words[0])
        case 2...mostWords:
            return words.first == "skip" || words.last == "skip" || (words.count == 2 && words[0] == "no")
                || words == ["render", "preview"]
        default: return false
        }
    }

    private static func isJoined(_ word: String) -> Bool {
        word.hasPrefix("skip") && joined.contains(String(word.dropFirst(4)))
            || word.hasSuffix("skip") && joined.contains(String(word.dropLast(4)))
            || word == "noci"
    }

    /// Services differ in what they take between two words, and so anything does but letters and digits.
    private static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.properties.isAlphabetic && scalar.properties.numericType == nil
    }

    /// `-checks` with a colon behind it.
    private static func startsChecks(_ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
        guard startsWord("-checks", scalars, start) else { return false }
        return scalars[(start + 7)...].first { !$0.properties.isWhitespace } == ":"
    }

    private static func startsWord(_ word: String, _ scalars: [Unicode.Scalar], _ start: Int) -> Bool {
        matches(scalars, start, word)
    }

    private static func endsWord(_ word: String, _ scalars: [Unicode.Scalar], _ end: Int) -> Bool {
        matches(scalars, end - word.unicodeScalars.count + 1, word)
    }
}
