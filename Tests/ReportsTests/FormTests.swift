import Basics
import Model
import Secrets
import Testing

@testable import Reports

/// Each form says the same, escapes what comes from outside, and announces what a service does not take.
@Suite struct FormTests {
    @Test func sarifShowsEveryFinding() throws {
        let log = try JSON.parse(SARIFForm.render(try Evaluations.rejected()).text)
        let run = try #require(log["runs"]?.elements?.first)
        let results = run["results"]?.elements ?? []
        #expect(
            results.compactMap { $0["ruleId"]?.string } == [
                "path-not-allowed", "secret", "too-many-files", "invariant-failed", "invariant-timed-out",
                "not-reproduced", "test-skipped", "invariant-failed",
            ])
        let place = results[0]["locations"]?.elements?[0]["physicalLocation"]?["artifactLocation"]?["uri"]
        #expect(place == "src/a%20b%23%25.py")
        // What stands in no file is shown where the policy sets it: services refuse results without a place.
        #expect(
            results[2]["locations"]?.elements?[0]["physicalLocation"]?["artifactLocation"]?["uri"]
                == ".leviathan/policy.yaml")
        let rules = run["tool"]?["driver"]?["rules"]?.elements ?? []
        #expect(rules.allSatisfy { $0["help"]?["text"]?.string?.contains("leviathan explain") == true })
    }

    @Test func sarifIsCutAndSaysSo() throws {
        let form = SARIFForm.render(try Evaluations.many(40), mostResults: 25)
        let run = try #require(try JSON.parse(form.text)["runs"]?.elements?.first)
        #expect(run["results"]?.elements?.count == 25)
        #expect(form.omission?.hasPrefix("15 of 40 findings are not in the SARIF file") == true)
        let told = run["invocations"]?.elements?[0]["toolExecutionNotifications"]?.elements ?? []
        #expect(told.last?["message"]?["text"]?.string == form.omission)
        let small = SARIFForm.render(try Evaluations.many(40), mostBytes: 8000)
        #expect(small.text.utf8.count <= 8000 && small.omission != nil)
    }

    @Test func junitCountsAndEscapes() throws {
        let text = JUnitForm.render(try Evaluations.rejected()).text
        #expect(text.contains("<testsuites name=\"leviathan check\" tests=\"7\" failures=\"5\" errors=\"1\""))
        #expect(text.contains("&lt;b&gt;&amp;&quot;") && !text.contains("\u{1B}") && !text.contains("\0"))
        let fine = JUnitForm.render(Evaluations.accepted()).text
        #expect(
            fine.contains("name=\"every rule\" time=\"0.000\"/>")
                && fine.contains("<skipped message=\"touches none")
        )
    }

    /// What was not run is never a test that passed.
    @Test func junitShowsWhatWasNotRun() {
        var evaluation = Evaluations.accepted()
        (evaluation.invariants, evaluation.omission) = (nil, .notAsked)
        #expect(JUnitForm.render(evaluation).text.contains("name=\"2 invariants\" time=\"0.000\"><skipped"))
        let unjudged = JUnitForm.render(Evaluations.empty()).text
        #expect(unjudged.contains("name=\"rules\" time=\"0.000\"><skipped") && !unjudged.contains("every rule"))
    }

    @Test func junitIsCutAndSaysSo() throws {
        let form = JUnitForm.render(try Evaluations.many(100), mostBytes: 8000)
        #expect(form.text.utf8.count <= 8000)
        #expect(form.omission?.contains("cases (") == true && form.text.contains("are not in the JUnit file"))
    }

    @Test func codeQualityHasStableFingerprints() throws {
        let issues = try #require(try JSON.parse(CodeQualityForm.render(try Evaluations.rejected()).text).elements)
        let prints = issues.compactMap { $0["fingerprint"]?.string }
        #expect(prints.count == 8 && Set(prints).count == 8)
        #expect(issues[1]["severity"] == "blocker" && issues[1]["location"]?["lines"]?["begin"] == 7)
        var moved = try Evaluations.rejected()
        moved.violations[1] = Violation(
            "secret", path: moved.violations[1].path, line: 9, moved.violations[1].message)
        let again = try JSON.parse(CodeQualityForm.render(moved).text).elements
        #expect(again?[1]["fingerprint"] == issues[1]["fingerprint"])
        #expect(CodeQualityForm.render(try Evaluations.many(9), most: 4).omission?.hasPrefix("5 of 9") == true)
    }

    @Test(arguments: AnnotationForm.Service.allCases)
    func annotationsCannotBeBrokenOutOf(_ service: AnnotationForm.Service) throws {
        let lines = AnnotationForm.render(try Evaluations.rejected(), for: service).text.split(separator: "\n")
        let start = service == .github ? "::" : "##vso[task.logissue "
        #expect(lines.count == 8 && lines.allSatisfy { $0.hasPrefix(start) })
        #expect(lines.allSatisfy { !$0.contains("\r") })
    }

    @Test func annotationsKeepToWhatAStepShows() throws {
        let form = AnnotationForm.render(try Evaluations.many(30), for: .github)
        let lines = form.text.split(separator: "\n")
        #expect(lines.count { $0.hasPrefix("::error ") } == 10)
        #expect(lines.last?.hasPrefix("::notice ") == true && lines.last?.contains("20 of 30 findings") == true)
    }

    @Test func theSummaryIsTextAlone() throws {
        let text = SummaryForm.render(try Evaluations.rejected()).text
        for word in ["<b>", "](", "`", "@you", "::error", "##vso", "\u{1B}"] {
            #expect(!text.contains(word), "\(word)")
        }
        #expect(text.hasPrefix("### leviathan check: rejected\n"))
        #expect(SummaryForm.render(try Evaluations.many(300)).omission?.hasPrefix("100 of 300") == true)
    }

    /// A secret that programs were given is in no form.
    @Test func noFormShowsAGrantedSecret() throws {
        var evaluation = Evaluations.accepted()
        evaluation.redaction = KnownSecrets(
            granted: ["API_TOKEN": "hunter2hunter2"], listed: [], isPublic: { _ in false })
        let text = "the value hunter2hunter2 leaked"
        evaluation.violations = [Violation("secret", text, hint: text)]
        evaluation.invariants = [InvariantResult(name: "i", outcome: .failed, severity: .block, detail: text)]
        evaluation.differences = [text]
        let forms = [
            SARIFForm.render(evaluation), JUnitForm.render(evaluation), CodeQualityForm.render(evaluation),
            AnnotationForm.render(evaluation, for: .github), AnnotationForm.render(evaluation, for: .azure),
            SummaryForm.render(evaluation),
        ]
        for form in forms { #expect(!form.text.contains("hunter2")) }
        #expect(!EvaluationJSON.document(evaluation).text().contains("hunter2"))
    }
}
