import API
import Basics
import Console
import HTTP
import HTTPServer
import Journal
import TestSupport
import Testing

/// What a person can do: each with a reason, shown before and after, and written down.
@Suite struct ConsoleActionTests {
    private func audit(_ world: ConsoleWorld, _ cookie: String) -> String {
        world.get("/audit", cookie: cookie).page
    }

    @Test func stoppingAndResuming() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        let question = world.get("/act/stop", cookie: cookie).page
        #expect(question.contains("Nothing more is begun or delivered") && question.contains("required"))
        let done = world.act("/act/stop", reason: "a fire", cookie: cookie)
        #expect(done.status == 303 && done.headers["Location"] == "/")
        // Another page of this person that looks again by itself takes nothing away.
        let refreshed = world.get("/", cookie: cookie, headers: ["X-Refresh": "1"])
        #expect(refreshed.status == 200 && !refreshed.page.contains("class=\"told\""))
        #expect(
            world.get("/", cookie: cookie).page.contains(
                "class=\"told\" role=\"status\">Done: Nothing more is begun"))
        // Said once.
        #expect(!world.get("/", cookie: cookie).page.contains("class=\"told\""))
        #expect(audit(world, cookie).contains("a fire"))
        #expect(world.act("/act/resume", reason: "it is out", cookie: cookie).status == 303)
        #expect(audit(world, cookie).contains("it is out"))
    }

    @Test func whoOverwritesWhatSomebodyElseDidIsTold() throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        let (one, other) = (world.login(), world.login())
        let address = "/act/autonomy-off?target=shop"
        let question = world.get(address, cookie: one).page
        #expect(world.act(address, reason: "the other one was first", cookie: other).status == 303)
        let version = world.hidden("version", of: question).replacing("&quot;", with: "\"")
        let late = world.post(
            "/act/autonomy-off",
            [
                ("target", "shop"), ("word", world.hidden("word", of: question)), ("version", version),
                ("reason", "what I typed"),
            ], cookie: one)
        #expect(late.status == 412 && late.page.contains("Nothing was done."))
        // Nothing typed is lost, and the new version is there.
        #expect(late.page.contains(">what I typed</textarea>"))
        #expect(world.hidden("version", of: late.page).replacing("&quot;", with: "\"") != version)
        #expect(world.get("/targets/shop", cookie: one).page.contains("the other one was first"))
    }

    @Test func anAttemptIsDeclaredVoid() throws {
        let world = try ConsoleWorld()
        try world.attempt("a1")
        let cookie = world.login()
        let done = world.act("/act/invalidate?attempt=a1", reason: "a wrong base", cookie: cookie)
        #expect(done.status == 303 && done.headers["Location"] == "/attempts/a1")
        #expect(world.get("/attempts/a1", cookie: cookie).page.contains("invalidated"))
        #expect(world.act("/act/invalidate?attempt=none", reason: "x", cookie: cookie).status == 404)
    }

    @Test func breakersAreClosed() throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        let cookie = world.login()
        #expect(world.act("/act/reset-breakers?target=shop", reason: "mended", cookie: cookie).status == 303)
        #expect(audit(world, cookie).contains("mended"))
    }

    @Test func aKeyIsShownOnce() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        let word = world.hidden("word", of: world.get("/keys", cookie: cookie).page)
        let made = world.post(
            "/keys", [("word", word), ("name", "ci"), ("right", "view"), ("days", "7"), ("reason", "for CI")],
            cookie: cookie)
        #expect(made.status == 200 && made.page.contains("<code>lvk_"))
        let list = world.get("/keys", cookie: cookie).page
        #expect(!list.contains("lvk_") && list.contains("ci"))
        let wrong = world.post(
            "/keys", [("word", word), ("name", ""), ("right", "view"), ("reason", "r")], cookie: cookie)
        #expect(wrong.status == 422)
    }

    @Test func aReasonIsNeeded() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        let refused = world.act("/act/stop", reason: "  ", cookie: cookie)
        #expect(refused.status == 422 && refused.page.contains("Nothing was done."))
    }

    /// Whoever has to log in again in the middle of a form finds what they typed.
    @Test func nothingTypedIsLostWhenASessionEnds() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        let word = world.hidden("word", of: world.get("/act/stop", cookie: cookie).page)
        world.advance(.seconds(3 * 3600))
        let late = world.post("/act/stop", [("word", word), ("reason", "smoke & fire")], cookie: cookie)
        #expect(late.status == 401)
        let next = world.hidden("next", of: late.page).replacing("&amp;", with: "&")
        #expect(next == "/act/stop?reason=smoke%20%26%20fire")
        let login = world.post("/login", [("key", ConsoleWorld.token), ("next", next)])
        let again = try #require(login.headers["Set-Cookie"]?.split(separator: ";").first.map(String.init))
        #expect(world.get(next, cookie: again).page.contains(">smoke &amp; fire</textarea>"))
    }

    @Test(arguments: [Right.view, .trigger]) func whoMayOnlyLookPressesNothing(right: Right) throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        try world.attempt("a1")
        let cookie = world.login(try world.key(right).secret)
        for address in ["/", "/targets/shop", "/attempts/a1"] {
            #expect(!world.get(address, cookie: cookie).page.contains("/act/"), "\(address)")
        }
        for address in [
            "/act/stop", "/act/autonomy-off?target=shop", "/act/reset-breakers?target=shop",
            "/act/invalidate?attempt=a1",
        ] { #expect(world.act(address, reason: "x", cookie: cookie).status == 403, "\(address)") }
        #expect(world.get("/keys", cookie: cookie).status == 403)
    }

    @Test func whatIsNoActionIsNoPage() throws {
        let world = try ConsoleWorld()
        let cookie = world.login()
        #expect(world.get("/act/explode", cookie: cookie).status == 404)
        let word = world.hidden("word", of: world.get("/", cookie: cookie).page)
        #expect(world.post("/", [("word", word)], cookie: cookie).status == 405)
    }

    @Test func aTaskIsTriedAgainAndEventsAreHeld() throws {
        let world = try ConsoleWorld()
        try world.register("shop")
        try world.attempt("a1")
        let cookie = world.login()
        let again = world.act("/act/retry?target=shop&task=task-1", reason: "the registry is back", cookie: cookie)
        #expect(again.status == 303 && again.headers["Location"] == "/targets/shop")
        let events = world.get("/events?task=task-1&type=task.unblocked", cookie: cookie).page
        #expect(events.contains("the registry is back"))
        #expect(world.get("/targets/shop", cookie: cookie).page.contains("Hold its events"))
        #expect(world.act("/act/hold?target=shop", reason: "a lawsuit", cookie: cookie).status == 303)
        #expect(world.get("/targets/shop", cookie: cookie).page.contains("Lift the hold"))
        #expect(
            audit(world, cookie).contains("a lawsuit") && audit(world, cookie).contains("the registry is back"))
        // Who may operate may not decide what retention keeps.
        let operates = world.login(try world.key(.operate, ["shop"]).secret)
        #expect(!world.get("/targets/shop", cookie: operates).page.contains("Lift the hold"))
        #expect(world.act("/act/lift-hold?target=shop", reason: "mine", cookie: operates).status == 403)
        #expect(world.act("/act/lift-hold?target=shop", reason: "settled", cookie: cookie).status == 303)
        #expect(world.get("/targets/shop", cookie: cookie).page.contains("Hold its events"))
    }

    @Test func theFirstPageSaysWhatIsUsedUp() throws {
        let world = try ConsoleWorld()
        try world.directory.write("config.yaml", "limits:\n  max_open_prs: 3\n")
        let page = world.get("/", cookie: world.login()).page
        #expect(
            page.contains("<code>max_open_prs</code>") && page.contains("this machine&#39;s config.yaml"),
            "\(page)")
        let foreign = world.login(try world.key(.view, ["shop"]).secret)
        #expect(!world.get("/", cookie: foreign).page.contains("max_open_prs"))
    }
}
