import Basics
import Console
import Contracts
import HTTPServer
import Testing

/// What a choice of first rules shows is what the files will hold.
@Suite struct PolicyChoiceTests {
    /// The lines of the files that a choice makes, without their comments.
    private func lines(_ name: String, _ value: String) -> Set<String> {
        var starter = StarterFiles(target: "shop", defaultBranch: "main")
        switch name {
        case "scopes" where value == "found":
            starter.scopes = [StarterScope("dependencies", paths: ["package.json"])]
        case "tests" where value == "true": starter.tests = [StarterTest("make test", .passed)]
        case "max_open": starter.maxOpen = Int(value)
        case "draft": starter.opensDrafts = value == "true"
        case "writeback": starter.writesBack = value == "true"
        default: break
        }
        let text = starter.files.map(\.text).joined()
        return Set(text.split(separator: "\n").map(Self.withoutComment))
    }

    private static func withoutComment(_ line: Substring) -> String {
        var rest = line.prefix { $0 != "#" }
        while rest.last == " " { rest.removeLast() }
        return String(rest)
    }

    @Test func whatAChoiceShowsStandsInTheFiles() throws {
        let world = try ConsoleWorld()
        let page = world.get("/onboarding", cookie: world.login()).page
        let choices = page.components(between: "<label class=\"choice\">", and: "</label>")
        #expect(choices.count == 11)
        for choice in choices {
            let name = try #require(choice.components(between: "name=\"", and: "\"").first)
            let value = try #require(choice.components(between: "value=\"", and: "\"").first)
            let shown = try #require(choice.components(between: "<code class=\"yaml\">", and: "</code>").first)
            let there = lines(name, value)
            for line in shown.split(separator: "\n") {
                #expect(there.contains(String(line)), "\(name) \(value): \(line)")
            }
        }
    }

    /// The same choices go to the API, and back to the page.
    @Test func whatWasChosenStaysChosen() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        let address = "/act/preview-onboarding?url=https://x.example/shop.git&scopes=docs&max_open=10&draft=true"
        let page = world.get(address, cookie: cookie).page
        #expect(
            page.contains("Documentation alone") && page.contains("Ten, for a team") && page.contains("As drafts"))
        let back = try #require(page.components(between: "<p><a href=\"/onboarding", and: "\"").first)
        let again = world.get("/onboarding" + back.replacing("&amp;", with: "&"), cookie: cookie).page
        #expect(again.contains("value=\"10\" checked") && again.contains("value=\"docs\" checked"))
        #expect(again.contains("value=\"https://x.example/shop.git\""))
    }
}
