import API
import Basics
import Console
import HTTP
import HTTPServer
import Journal
import Testing

/// What pages show, and to whom.
@Suite struct ConsolePageTests {
    private static let pages = [
        "/", "/tasks", "/targets", "/targets/shop", "/targets/shop/graph", "/attempts", "/attempts/a1",
        "/failures", "/events", "/audit",
        "/keys",
        "/report", "/templates", "/onboarding",
    ]

    private func world() throws -> ConsoleWorld {
        let world = try ConsoleWorld()
        try world.register("shop")
        try world.attempt("a1")
        return world
    }

    @Test(arguments: pages) func everyPageIsThere(address: String) throws {
        let world = try world()
        let response = world.get(address, cookie: world.login())
        #expect(response.status == 200, "\(response.page)")
        #expect(response.headers["Content-Security-Policy"]?.hasPrefix("default-src 'self';") == true)
        #expect(response.headers["Cache-Control"] == "no-store")
        for bad in ["<style", "style=\"", "onclick", "javascript:", "<script>"] {
            #expect(!response.page.contains(bad), "\(bad)")
        }
    }

    @Test func theFirstPageSaysHowThingsStand() throws {
        let world = try world()
        let cookie = world.login()
        let page = world.get("/", cookie: cookie).page
        let parts = [
            "Autonomy", "What needs a person", "Running now", "Targets", "Next in the queue", "Last outcomes",
        ]
        let places = parts.compactMap { page.range(of: ">\($0)</h2>")?.lowerBound }
        #expect(places.count == parts.count && places == places.sorted())
        #expect(
            page.contains("badge good\">ON<")
                && page.contains("the last attempt was rejected: it breaks the policy"))
        #expect(world.act("/act/stop", reason: "a fire", cookie: cookie).status == 303)
        let stopped = world.get("/", cookie: cookie).page
        #expect(stopped.contains("badge bad\">STOPPED<") && stopped.contains("a fire, by control-plane-token"))
    }

    /// A queue that could not be read is not an empty one.
    @Test func aTargetThatCannotBeReadIsNotPassedOver() throws {
        let world = try world()
        let cookie = world.login()
        let first = world.get("/", cookie: cookie).page
        #expect(first.contains("1 targets could not be read") && !first.contains("No task waits"))
        #expect(world.get("/tasks", cookie: cookie).page.contains("Targets that cannot be read"))
    }

    @Test func anAttemptIsShownWhole() throws {
        let world = try world()
        let page = world.get("/attempts/a1", cookie: world.login()).page
        for words in [
            "badge warning\">rejected<", "src/a.c", "svg class=\"timeline\"", "leviathan verify a1", "tests",
            "Declare void",
        ] { #expect(page.contains(words), "\(words)") }
    }

    @Test(arguments: pages) func markupInNamesStaysText(address: String) throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        let evil = "<img src=x onerror=alert(1)>\"'\u{202E}"
        try world.attempt("a1", of: evil, reason: evil)
        try world.record(
            .attemptCreated, evil, task: evil, attempt: evil + "2", ["number": 1, "executor": .string(evil)])
        try world.record(.autonomyDisabled, evil, ["reason": .string(evil)])
        let page = world.get(address, cookie: world.login()).page
        #expect(!page.contains("<img") && !page.contains("\u{202E}"))
    }

    @Test func aForeignTargetIsNotThere() throws {
        let world = try world()
        try world.attempt("b1", of: "task-9", in: "bank")
        let cookie = world.login(try world.key(.operate, ["bank"]).secret)
        for address in Self.pages {
            let response = world.get(address, cookie: cookie)
            #expect(!response.page.contains("task-1<") && !response.page.contains("a1<"), "\(address)")
        }
        #expect(world.get("/attempts/a1", cookie: cookie).status == 404)
        #expect(world.get("/targets/shop", cookie: cookie).status == 403)
        #expect(world.get("/targets/shop/graph", cookie: cookie).status == 403)
        #expect(world.get("/report", cookie: cookie).status == 403)
        #expect(world.get("/attempts/b1", cookie: cookie).status == 200)
        // Nothing may be stopped for all by whom only one target is theirs.
        #expect(!world.get("/", cookie: cookie).page.contains("Stop everything"))
        #expect(world.act("/act/stop", reason: "mine", cookie: cookie).status == 403)
    }

    @Test func aGraphShowsWhatNeedsWhat() throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        for (task, needs) in [("one", []), ("two", ["one"]), ("three", ["two", "one"])] as [(String, [JSON])] {
            let facts: JSON = ["number": 1, "dependencies": .array(needs)]
            try world.record(.attemptCreated, "shop", task: task, attempt: task + "-1", facts)
        }
        let page = world.get("/targets/shop/graph", cookie: world.login()).page
        // Three columns, and a line for each need.
        for x in ["x=\"1\" y=\"1\"", "x=\"261\" y=\"1\"", "x=\"521\" y=\"1\""] {
            #expect(page.contains(x), "\(x)")
        }
        #expect(page.split(separator: "<path d=").count == 4)
        #expect(page.contains("<a href=\"/attempts/two-1\" aria-label=\"two, in progress\">"))
    }

    @Test func listsAreCutAndGoOn() throws {
        let world = try ConsoleWorld()
        for number in 0..<60 {
            try world.record(.attemptCreated, "shop", task: "t\(number)", attempt: "a\(number)", ["number": 1])
        }
        let cookie = world.login()
        let page = world.get("/attempts", cookie: cookie).page
        #expect(page.contains(">a59<") && !page.contains(">a5<"))
        let start = try #require(page.range(of: "href=\"/attempts?cursor="))
        let next = "/attempts?cursor=" + page[start.upperBound...].prefix { $0 != "\"" }
        #expect(world.get(next, cookie: cookie).page.contains(">a5<"))
        #expect(world.get("/attempts?cursor=many", cookie: cookie).status == 400)
    }

    @Test func aSearchLeadsToAnAttemptOrToATask() throws {
        let world = try world()
        let cookie = world.login()
        #expect(world.get("/attempts?q=a1", cookie: cookie).page.contains("<h1>Attempt a1</h1>"))
        #expect(world.get("/attempts?q=task-1", cookie: cookie).page.contains("Only task task-1"))
        #expect(world.get("/attempts?q=nothing", cookie: cookie).page.contains("None."))
    }

    @Test func namesOfAnyLengthAreShown() throws {
        let world = try ConsoleWorld()
        let long = String(repeating: "x", count: 10_000)
        try world.attempt("a1", of: long, reason: "👩‍👩‍👧 שלום \u{1B}[31m")
        let page = world.get("/attempts/a1", cookie: world.login()).page
        #expect(page.contains(long) && page.contains("שלום [U+1B][31m"))
    }

    @Test func assetsAreKeptForEver() throws {
        let world = try world()
        let page = world.get("/", cookie: world.login()).page
        for (start, type) in [("/assets/style-", "text/css"), ("/assets/console-", "text/javascript")] {
            let place = try #require(page.range(of: start))
            let address = String(page[place.lowerBound...].prefix { $0 != "\"" })
            let asset = world.get(address)
            #expect(asset.status == 200 && asset.headers["Content-Type"]?.hasPrefix(type) == true)
            #expect(asset.headers["Cache-Control"] == "public, max-age=31536000, immutable")
            #expect(asset.bytes.count < 60_000)
        }
        #expect(world.get("/assets/other.js").status == 404)
    }
}
