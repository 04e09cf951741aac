import API
import Basics
import Console
import HTTPServer
import Journal
import TestSupport
import Testing

/// The first page where reading all targets takes long: nobody waits for it, and nobody is told what nobody looked at.
@Suite struct SnapshotTests {
    private static let mark = "data-again=\""

    /// Every reading takes too long to be waited for.
    private func slowWorld() throws -> ConsoleWorld {
        let world = try ConsoleWorld(patience: .seconds(-1))
        try world.register("shop")
        try world.attempt("a1")
        return world
    }

    @Test func theFirstLookShowsWhatWasRead() throws {
        let world = try slowWorld()
        let page = world.get("/", cookie: world.login()).page
        #expect(page.contains("the last attempt was rejected") && page.contains("1 targets could not be read"))
        #expect(page.contains("were read <time") && !page.contains(Self.mark))
    }

    @Test(.timeLimit(.minutes(60))) func whatHappensIsReadBesideTheLooks() throws {
        let world = try slowWorld()
        let cookie = world.login()
        _ = world.get("/", cookie: cookie)
        try world.record(.autonomyDisabled, "shop", ["reason": "holidays"])
        let older = world.get("/", cookie: cookie).page
        #expect(older.contains(Self.mark) && older.contains("are being read again"))
        #expect(!older.contains("1 of 1 targets are switched off"))
        // The script looks again for as long as the page says so.
        var newer = older
        while newer.contains(Self.mark) { newer = world.get("/", cookie: cookie).page }
        #expect(newer.contains("1 of 1 targets are switched off"))
    }

    @Test func whoDidSomethingSeesIt() throws {
        let world = try slowWorld()
        let cookie = world.login()
        _ = world.get("/", cookie: cookie)
        #expect(world.act("/act/autonomy-off?target=shop", reason: "holidays", cookie: cookie).status == 303)
        #expect(world.get("/", cookie: cookie).page.contains("1 of 1 targets are switched off"))
    }

    @Test func whatIsTooOldIsNotShown() throws {
        let world = try slowWorld()
        let cookie = world.login()
        _ = world.get("/", cookie: cookie)
        world.advance(.seconds(120))
        try world.register("bank")
        #expect(world.get("/", cookie: cookie).page.contains("href=\"/targets/bank\""))
    }

    /// Nothing is kept where reading is quick: a file that was changed by hand counts at once.
    @Test func aSmallHomeIsReadForEachLook() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        #expect(world.get("/", cookie: cookie).page.contains("No target is registered"))
        try world.register("shop")
        #expect(world.get("/", cookie: cookie).page.contains("href=\"/targets/shop\""))
    }

    @Test func whatCannotBeReadIsSaid() throws {
        let world = try slowWorld()
        try world.directory.write("config.yaml", "limits: {max_open_prs: -1}\n")
        let response = world.get("/", cookie: world.login())
        #expect(response.status >= 400 && response.page.contains("How things stand cannot be read"))
        try world.directory.write("config.yaml", "{}\n")
        #expect(world.get("/", cookie: world.login()).status == 200)
    }

    @Test func everybodySeesTheirOwn() throws {
        let world = try slowWorld()
        try world.register("bank")
        let (all, one) = (world.login(), world.login(try world.key(.view, ["bank"]).secret))
        #expect(world.get("/", cookie: all).page.contains("2 targets could not be read"))
        let page = world.get("/tasks", cookie: one).page
        #expect(page.contains("/targets/bank") && !page.contains("/targets/shop"))
        #expect(!world.get("/", cookie: one).page.contains("the last attempt was rejected"))
    }

    @Test func whyItIsOffIsSaid() throws {
        let world = try slowWorld()
        try world.record(.autonomyDisabled, nil, ["reason": "holidays"])
        let page = world.get("/", cookie: world.login()).page
        #expect(page.contains("badge warning\">OFF<") && page.contains("holidays, by kim <time"))
    }

    /// A reading that never seems to end holds up nobody who comes later than it is waited for.
    @Test(.timeLimit(.minutes(60))) func nobodyWaitsForAReadingThatTakesTooLong() throws {
        let (gate, began, time) = (Cancellation(), MonotonicTime.now, Box(Duration.zero))
        let world = try ConsoleWorld(patience: .zero, now: { began + time.value }) { gate.wait() }
        try world.register("shop")
        let cookie = world.login()
        world.console.prepare()
        time.value = .seconds(3)
        for _ in 0..<2 {
            let page = world.get("/", cookie: cookie).page
            #expect(page.contains("The targets are being read") && page.contains(Self.mark))
            #expect(world.get("/targets", cookie: cookie).page.contains("The targets are being read"))
        }
        gate.cancel()
        // Where it began a moment ago it is waited for.
        time.value = .zero
        #expect(world.get("/", cookie: cookie).page.contains("href=\"/targets/shop\""))
    }

    /// What is there is shown with its age while a newer one takes too long.
    @Test(.timeLimit(.minutes(60))) func whatIsOldIsShownWithItsAgeWhereANewerOneTakesTooLong() throws {
        let (gate, began, time) = (Box(Cancellation()), MonotonicTime.now, Box(Duration.zero))
        gate.value.cancel()
        let world = try ConsoleWorld(patience: .zero, now: { began + time.value }) { gate.value.wait() }
        try world.register("shop")
        let cookie = world.login()
        #expect(world.get("/", cookie: cookie).page.contains("href=\"/targets/shop\""))
        let closed = Cancellation()
        gate.value = closed
        world.advance(.seconds(300))
        try world.register("bank")
        time.value = .seconds(60)
        world.console.prepare()
        time.value = .seconds(63)
        let page = world.get("/", cookie: cookie).page
        #expect(page.contains("href=\"/targets/shop\"") && !page.contains("href=\"/targets/bank\""))
        #expect(page.contains("badge warning\">old<") && page.contains("5 min ago") && page.contains(Self.mark))
        closed.cancel()
    }

    @Test func targetsComeInPages() throws {
        let world = try ConsoleWorld()
        for number in 100..<205 { try world.register("shop-\(number)") }
        let cookie = world.login()
        let first = world.get("/targets", cookie: cookie).page
        #expect(first.contains("/targets/shop-199\"") && !first.contains("/targets/shop-200\""))
        #expect(first.contains("href=\"/targets?cursor=shop-199\""))
        let second = world.get("/targets?cursor=shop-199", cookie: cookie).page
        #expect(second.contains("/targets/shop-204\"") && !second.contains("/targets/shop-199\""))
        #expect(!second.contains("rel=\"next\""))
    }
}
