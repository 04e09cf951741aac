import Basics
import Synchronization
import TestSupport
import Testing
import Workspaces

/// What a set-up leaves in a checkout, kept and given to another.
@Suite(.timeLimit(.minutes(60))) struct SetupKeepingTests {
    private let world: PoolWorld
    private let store: SetupStore
    private let key = String(repeating: "a", count: 40)

    init() throws {
        world = try PoolWorld()
        store = SetupStore(directory: world.home + "/setup", clock: .system)
    }

    /// Runs a line as the set-up of a fresh checkout, and keeps what it leaves.
    private func keep(_ line: String) throws -> CheckoutAdditions.Copied? {
        let checkout = try world.claim(world.first, from: world.pool())
        let additions = checkout.additions
        var copied: CheckoutAdditions.Copied?
        let found = try store.findOrFill([key], cancellation: Cancellation()) { draft in
            try world.shell(line, in: additions.path)
            copied = try additions.copy(into: draft)
            if case .whole = copied { return key }
            return nil
        }
        try found?.copy(into: additions.path)
        return copied
    }

    private func outside(_ name: String) throws -> String {
        let path = world.repository.directory.path + "/" + name
        try FileSystem.createDirectory(path)
        return path
    }

    private static let listing = "find . -name .git -prune -o -printf '%P %y %m %l %Ts\\n' | grep -v '^ ' | sort"

    @Test func allThatWasAddedIsInTheNextCheckout() throws {
        let copied = try keep(
            """
            mkdir -p deps/bin build/out a/extra; echo lib > deps/lib.js; echo log > a.log; echo x > build/out/x
            ln -s ../lib.js deps/bin/tool; ln -s /etc/passwd deps/absolute; ln -s nowhere deps/broken
            printf '#!/bin/sh\\n' > deps/run; chmod 755 deps/run; echo key > deps/key; chmod 400 deps/key
            mkdir deps/closed deps/empty; echo in > deps/closed/file; chmod 555 deps/closed; ln deps/lib.js deps/hard
            touch -d @1000000000 deps/lib.js; echo more > a/extra/more; printf '%0.sx' $(seq 3000000) > deps/large
            touch "$(printf 'deps/n\\377\\nl')"; touch README.md
            """)
        #expect(copied == .whole(namesCheckout: false))
        // Another commit, where some of that stands already as something else.
        let checkout = try world.claim(world.first, from: world.pool())
        let additions = checkout.additions
        let again = try store.findOrFill([key], cancellation: Cancellation()) { _ in
            Issue.record("it is run again")
            return nil
        }
        #expect(try world.faults(checkout.path, world.first) == [])
        try again?.copy(into: checkout.path)
        let seen = try world.shell(Self.listing, in: checkout.path)
        for line in [
            "deps/lib.js f 644  1000000000", "deps/run f 755", "deps/key f 400", "deps/closed d 555",
            "deps/empty d 755",
            "deps/bin/tool l 777 ../lib.js", "deps/absolute l 777 /etc/passwd", "a.log f 644",
            "a/extra/more f 644",
            "deps/broken l 777 nowhere", "build/out/x f 644", "deps/hard f 644",
        ] { #expect(seen.contains(line), "\(line) in \(seen)") }
        #expect(try world.shell("wc -c < deps/large; cat deps/closed/file", in: checkout.path) == "3000000\nin\n")
        #expect(try additions.copy(into: outside("again")) == .whole(namesCheckout: false))
    }

    @Test func whatTheTreeHasStaysAndNoLinkIsFollowed() throws {
        let copied = try keep(
            "mkdir -p new victim; echo mine > new/file.txt; echo planted > victim/file; echo x > other")
        #expect(copied == .whole(namesCheckout: false))
        let outside = try outside("outside")
        try FileSystem.writeSymlink(to: Array(outside.utf8), at: world.repository.path + "/victim")
        let third = try world.repository.commitAll("Third")
        let checkout = try world.claim(third, from: world.pool())
        let kept = try store.find(key)
        try kept?.copy(into: checkout.path)
        #expect(try world.shell("cat new/file.txt other", in: checkout.path) == "new\nx\n")
        #expect(try FileSystem.list(outside).isEmpty)
    }

    @Test(arguments: [
        ("echo x > README.md", "it changed 'README.md', which is tracked"),
        ("rm a/one.txt", "it changed 'a/one.txt', which is tracked"),
        ("rm -r a", "it changed 'a', which is tracked"),
        ("chmod +x README.md", "it changed 'README.md', which is tracked"),
        ("rm link; mkdir link", "it changed 'link', which is tracked"),
        ("mkfifo pipe", "1 things in it are special, unreadable or too large"),
        ("mkdir d; truncate -s 5G d/huge", "1 things in it are special, unreadable or too large"),
        (
            "mkdir $(yes d | head -150 | tr '\\n' '/') -p",
            "1 things in it are special, unreadable or too large"
        ),
    ]) func whatItsAdditionsDoNotTellIsNotKept(line: String, reason: String) throws {
        #expect(try keep(line) == .not(reason: reason))
        #expect(try store.find(key)?.path == nil)
        #expect(!FileSystem.exists(world.home + "/setup/\(key)/draft"))
        #expect(try keep("echo x > fine") == .whole(namesCheckout: false))
    }

    @Test(arguments: [
        "mkdir v; echo \"#!$PWD/v/python\" > v/pip", "mkdir v; ln -s $PWD/v v/self",
        "printf '%0.sx' $(seq 1048570) > v; echo $PWD >> v", "printf '\\0\\1%s\\0' $PWD > v",
    ]) func aResultThatNamesItsCheckoutSaysSo(line: String) throws {
        #expect(try keep(line) == .whole(namesCheckout: true))
    }

    @Test func manyAtOnceRunItOnce() throws {
        let store = store
        let runs = Atomic(0)
        let found = Workers.map(400, atOnce: 8) { number -> Bool in
            let key = String(repeating: "0", count: 37) + String(1000 + number / 8).suffix(3)
            do {
                let result = try store.make(key, cancellation: Cancellation()) { draft in
                    runs.add(1, ordering: .relaxed)
                    try FileSystem.write([1], to: draft + "/file")
                }
                return FileSystem.exists(result.path + "/file")
            } catch { return false }
        }
        #expect(found == Array(repeating: true, count: 400) && runs.load(ordering: .relaxed) == 50)
    }

    @Test func aResultMayBelongToANarrowerKey() throws {
        let narrow = SetupStore.narrowed(key, to: ["here"])
        #expect(narrow != key && narrow != SetupStore.narrowed(key, to: ["there"]))
        let runs = Atomic(0)
        for _ in 0..<2 {
            let found = try store.findOrFill([key, narrow], cancellation: Cancellation()) { draft in
                runs.add(1, ordering: .relaxed)
                try FileSystem.write([1], to: draft + "/file")
                return narrow
            }
            if let found { #expect(found.path.contains(narrow)) }
        }
        #expect(try runs.load(ordering: .relaxed) == 1 && store.find(key)?.path == nil)
        #expect(try !store.reclaim().contains { $0.contains("half made") })
        #expect(try store.find(narrow)?.path != nil)
        #expect(try store.reclaim(unusedSince: Instant(secondsSinceEpoch: 9_000_000_000)).count == 1)
    }
}
