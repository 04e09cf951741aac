import Basics
import Forges
import Testing

/// Words that make services act do nothing in a commit, nor in a pull request, which may become one when it is merged.
@Suite struct ServiceWordTests {
    /// What the services publish.
    static let quiet = [
        "[skip ci]", "[ci skip]", "[no ci]", "[skip actions]", "[actions skip]", "[CI SKIP]", "[Skip CI]",
        "[skip-ci]",
        "[ci-skip]", "[skip azurepipelines]", "[azurepipelines skip]", "[skip azpipelines]", "[azpipelines skip]",
        "[skip azp]", "[azp skip]", "***NO_CI***", "***no_ci***", "[skip travis]", "[travis skip]",
        "[skip travis ci]",
        "[travis ci skip]", "[skip travis-ci]", "[skip travisci]", "[skip appveyor]", "[appveyor skip]",
        "[skip circleci]", "[circleci skip]", "[buildkite skip]", "[skip buildkite]", "[skip netlify]",
        "[netlify skip]",
        "[skip vercel]", "[vercel skip]", "[skip render]", "[render skip]", "[skip cd]", "[cd skip]", "[skip-cd]",
        "[CF-Pages-Skip]", "[CI-Skip]", "[Skip-CI]", "[skip codebuild]", "[CodeBuild Skip]", "[skip semaphore]",
        "[semaphore skip]", "[skip drone]", "[drone skip]", "[skip woodpecker]", "[skip wercker]",
        "[skip bitrise]",
        "[skip deploy]", "[deploy skip]", "[no build]", "[ skip  ci ]", "[skip\tci]", "[skip preview]",
        "skip-checks: true", "skip-checks:true", "Skip-Checks : true", "request-checks: true",
        "[skip vela]", "[vela skip]", "[skip cirrus]", "[skip gitlab]", "[skip,ci]", "[skip; ci]", "[skip + ci]",
        "[skipci]", "[CIskip]", "[skipRun]", "[render preview]", "--skip-ci", "--ci-skip", "--SKIP-CI",
    ]

    /// What runners read in the output of a job, such as that of `git log`.
    static let commands = [
        "::error::x", "  ::set-output name=a::b", "\t::add-mask::x", "\u{A0}::warning file=a::b",
        "\u{3000} ::stop-commands::x",
        "##[error]x", "a ##[group]b", "##vso[task.setvariable variable=a]b",
        "x ##vso[task.complete result=Failed;]",
        "##teamcity[buildStop comment='x']", "section_start:1:a", "section_end:1:a", "travis_fold:start:a",
        "SECTION_START:1:a",
    ]

    private func isInert(_ text: String) -> Bool {
        let folded = text.lowercased()
        let isQuiet = Self.quiet.contains { folded.contains($0.lowercased()) }
        let isCommand = Self.commands.contains { command in
            folded.contains(command.lowercased()) && !command.contains("::")
        }
        let beginsCommand = folded.split(whereSeparator: \.isNewline).contains { line in
            line.drop(while: \.isWhitespace).hasPrefix("::")
        }
        return !isQuiet && !isCommand && !beginsCommand
            && !["##[", "##vso[", "##teamcity[", "section_start:", "section_end:", "travis_fold:"].contains {
                folded.contains($0)
            }
    }

    @Test(arguments: quiet + commands) func doNothing(word: String) {
        #expect(!isInert(word))
        let subject = TextDefusal.commitSubject("docs: ", word, limit: 100)
        #expect(isInert(subject), "\(subject)")
        for text in [
            word, "before\n\(word)\nafter", "a \(word) b", "- x\n    \(word)\n", "```\n\(word)\n```", "`\(word)`",
        ] {
            let isAtStart = !text.hasPrefix("a ") || !word.contains("::")
            let body = TextDefusal.commitBody(text)
            #expect(isInert(body), "\(body)")
            #expect(isInert(TextDefusal.trailerValue(text)))
            var described = facts()
            (described.title, described.details) = (text, text)
            (described.acceptanceCriteria, described.notes) = ([text], [text])
            let pull = PullRequestText(described, limits: TextLimits(.github))
            #expect(isInert(pull.title), "\(pull.title)")
            #expect(isInert(pull.body), "\(pull.body)")
            #expect(isAtStart || isInert(body))
        }
        // Nothing of it is lost to a reader.
        let shown = String(String.UnicodeScalarView(subject.unicodeScalars.filter { $0 != TextDefusal.breaker }))
        let expected = word.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        #expect(shown == "docs: " + expected)
    }

    /// What trackers read in commits: a key, and a command behind `#`.
    @Test(arguments: ["ABC-1 #close", "ABC-1 #comment done", "ABC-1 #time 2h", "#ABC-1 Fixed"])
    func commandsToTrackersDoNothing(text: String) {
        var described = facts()
        (described.title, described.details) = (text, text)
        let pull = PullRequestText(described, limits: TextLimits(.github))
        for text in [
            TextDefusal.commitSubject("", text, limit: 100), TextDefusal.commitBody(text), pull.title, pull.body,
        ] {
            #expect(!text.contains("#c") && !text.contains("#t") && !text.contains("#A"), "\(text)")
        }
    }

    @Test(arguments: [
        "[link]", "[a list of things to do]", "a::b", "std::vector", "## Heading", "#[derive(Debug)]", "[no]",
        "[x]",
        "[skipped tests]", "section_started", "skip-checks are fine", "array[skip]", "x ::y",
    ])
    func otherWordsStayAsTheyAre(text: String) {
        #expect(TextDefusal.commitBody(text) == text)
    }
}
