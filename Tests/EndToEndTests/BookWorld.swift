import Basics
import Processes
import TestSupport

/// Where the commands of a page run: a directory, names that stand for what is there, and programs that cannot be here.
struct BookWorld {
    let target: TestTarget
    var directory: String
    var environment: [String: String]
    /// Shell that is run first.
    var prelude = ""
    /// Names on the page, and what they are here.
    var names: [(String, String)] = []
    /// Kept until the page has run.
    var kept: [AnyObject] = []

    init(_ target: TestTarget) {
        self.target = target
        directory = target.repository.path
        environment = target.repository.environment.merging([
            "LEVIATHAN_HOME": target.home, "PROGRAM": TestTarget.program, "SOURCES": ShownBlock.root,
        ]) { $1 }
    }

    /// What each page of the table below starts from.
    static let pages: [String: @Sendable () throws -> BookWorld] = [
        "README.md": {
            BookWorld(
                try TestTarget(
                    policy: example("policy"), backlog: example("backlog"), contract: example("contract")))
        },
        "docs/check.md": { BookWorld(try CheckTarget().target) },
        "docs/ci/others.md": checkout,
        "docs/control-plane.md": controlPlane,
        "docs/fence.md": fence,
        "docs/getting-started.md": { try plain(["README.md": "# Hello\n"]) },
        "docs/hooks.md": hooks,
        "docs/installing.md": { BookWorld(try TestTarget()) },
        "docs/kubernetes.md": cluster,
        "docs/monitoring.md": { BookWorld(try TestTarget()) },
        "docs/postgresql.md": database,
        "docs/quick-start.md": empty,
        "docs/report.md": proposed,
        "docs/scheduler.md": scheduler,
        "docs/scripting.md": stages,
        "docs/targets.md": targets,
        "docs/upgrading.md": proposed,
    ]

    private static func example(_ name: String) throws -> String {
        let path = "\(ShownBlock.root)/examples/.leviathan/\(name).yaml"
        return String(decoding: try FileSystem.read(path, limit: 1 << 20), as: UTF8.self)
    }

    /// A target called shop with one proposal.
    private static func proposed() throws -> BookWorld {
        let contract = "version: 1\ntarget: shop\nrepository: {default_branch: main}\n"
        let world = BookWorld(try TestTarget(contract: contract))
        try world.target.propose()
        return world
    }

    /// A repository with a remote and without a contract.
    private static func plain(_ files: [String: String]) throws -> BookWorld {
        let world = BookWorld(try TestTarget())
        try world.target.repository.git("rm", "-q", "-r", ".leviathan")
        for (name, text) in files { try world.target.repository.write(name, text) }
        try world.target.repository.commitAll("Nothing of Leviathan")
        try world.target.repository.git("push", "-q", "origin", "main")
        return world
    }

    private static func empty() throws -> BookWorld {
        var world = BookWorld(try TestTarget())
        world.directory = world.target.repository.directory.path + "/nothing"
        try FileSystem.createDirectory(world.directory)
        world.environment["LEVIATHAN_HOME"] = world.directory + "/home"
        return world
    }

    private static func checkout() throws -> BookWorld {
        var world = BookWorld(try CheckTarget().target)
        world.environment["BRANCH"] = "agent/task-001"
        world.names = [("/srv/checkouts/shop", world.directory), ("/var/lib/leviathan", world.target.home)]
        return world
    }

    private static func fence() throws -> BookWorld {
        let world = BookWorld(try TestTarget())
        try world.target.repository.write("Makefile", "all:\n\techo built >build/out\n")
        try world.target.repository.write("build/.keep", "")
        return world
    }

    private static func hooks() throws -> BookWorld {
        var world = BookWorld(try TestTarget())
        world.names = [("/srv/git/shop.git", world.target.remote)]
        return world
    }

    /// `serve` goes on in the background until the next one, or until the page is over.
    private static func controlPlane() throws -> BookWorld {
        var world = try proposed()
        let elsewhere = try ServedProgram(
            world.target, ["--no-scheduler"], ["LEVIATHAN_CONTROL_PLANE_TOKEN": "lvk_test"])
        world.kept = [elsewhere]
        let link = world.target.repository.directory.path + "/leviathanctl"
        _ = try BackgroundProgram.run(["ln", "-s", TestTarget.program, link])
        world.names = [
            ("https://leviathan.example.com", elsewhere.url), ("https://other.example", elsewhere.url),
            ("lvk_…", "lvk_test"), ("leviathanctl", "../leviathanctl"),
        ]
        world.prelude = """
            openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=host \
                -keyout k.pem -out c.pem 2>/dev/null
            serve() {
                [ -z "$served" ] || { kill -TERM $served; wait $served; }
                : >log
                "$PROGRAM" serve --port 0 --no-scheduler "$@" >log 2>&1 & served=$!
                until grep -q '"url"' log; do kill -0 $served || { cat log; return 1; }; done
                port=$(sed -n 's/.*"url":"https*:..[^:]*:\\([0-9]*\\).*/\\1/p' log | head -n 1)
            }
            leviathan() { if [ "$1" = serve ]; then shift; serve "$@"; else "$PROGRAM" "$@"; fi; }
            curl() {
                KEY=$("$PROGRAM" key create page --right view --json | sed -n 's/.*"key": *"\\([^"]*\\).*/\\1/p')
                command curl --silent --show-error --fail --cacert c.pem --resolve "host:$port:127.0.0.1" \
                    -H "Authorization: Bearer $KEY" "https://host:$port/${3#https://host:8000/}"
            }
            trap '[ -z "$served" ] || kill -TERM $served' EXIT
            """
        return world
    }

    /// `kubectl exec … --` runs what stands behind it; whatever else is told to a cluster is only read.
    private static func cluster() throws -> BookWorld {
        var world = BookWorld(try TestTarget())
        world.names = [
            ("sha256:…", "sha256:" + String(repeating: "0", count: 64)),
            ("https://github.com/team/app.git", "file://" + world.target.remote),
        ]
        world.prelude = """
            cp -r "$SOURCES/deploy" . && mkdir overlays && ln -s ../deploy/kubernetes/overlays/k3s overlays/production
            kubectl() {
                while [ $# -gt 0 ]; do
                    case $1 in
                        --) shift; "$@"; return ;;
                        kustomize) [ -e "$2/kustomization.yaml" ] && leviathan manifests --overlay k3s; return ;;
                        -k) [ -e "$2/kustomization.yaml" ]; return ;;
                        -f) cat >/dev/null; return ;;
                    esac
                    shift
                done
            }
            helm() { leviathan manifests; }
            """
        return world
    }

    private static func database() throws -> BookWorld {
        var world = try proposed()
        let server = try PostgresTestServer.shared()
        let name = "page_" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        world.names = [
            ("createdb leviathan", "createdb \(name)"), ("~/.leviathan", world.target.home),
            ("postgresql://leviathan:PASSWORD@db.example.com/leviathan?sslmode=verify-full", server.url(name)),
        ]
        let url = server.url("")
        world.environment["PGHOST"] = url.split(separator: "host=").last?.split(separator: "&").first.map(
            String.init)
        world.environment["PGPORT"] = String(server.port)
        world.environment["PGUSER"] = "leviathan"
        return world
    }

    /// A loop ends with SIGTERM as soon as it has had one look.
    private static func scheduler() throws -> BookWorld {
        var world = try proposed()
        _ = try world.target.leviathan("target", "add", world.directory)
        world.names = [
            ("/var/lib/leviathan/home", world.target.home), ("/usr/local/bin/leviathan", TestTarget.program),
        ]
        world.prelude = """
            leviathan() {
                case "$*" in *--loop*) ;; *) "$PROGRAM" "$@"; return ;; esac
                rm -f log; "$PROGRAM" "$@" >log 2>&1 & loop=$!
                until [ -s log ]; do kill -0 $loop || break; done 2>/dev/null
                kill -TERM $loop; wait $loop; code=$?; cat log; return $code
            }
            """
        return world
    }

    /// A change that has a set-up and an invariant.
    private static func stages() throws -> BookWorld {
        let policy =
            TestTarget.policy
            + "\nworkspace: {setup: make deps}\ninvariants:\n  - {name: Unit tests, check: make test}\n"
        let world = BookWorld(try TestTarget(policy: policy))
        try world.target.repository.write("Makefile", "deps:\n\t@:\ntest:\n\t@:\n")
        try world.target.repository.commitAll("What it takes to test")
        try world.target.repository.git("push", "-q", "origin", "main")
        return world
    }

    /// Two repositories: one is cloned from a host that is a directory here, the other is a checkout in the user's home.
    private static func targets() throws -> BookWorld {
        var world = BookWorld(
            try TestTarget(contract: "version: 1\ntarget: app\nrepository: {default_branch: main}\n"))
        let tool = try TestTarget(contract: "version: 1\ntarget: tool\nrepository: {default_branch: main}\n")
        world.kept = [tool]
        world.directory = world.target.repository.directory.path
        world.names = [("~/src/tool", tool.repository.path)]
        let groups = try ShownBlock.blocks(of: "docs/targets.md").filter { $0.lines.first == "groups:" }
        try FileSystem.write(
            Array(groups.flatMap(\.lines).joined(separator: "\n").utf8), to: world.target.home + "/config.yaml")
        try world.target.repository.git(
            "config", "--global", "url.\(world.target.remote).insteadOf", "git@github.com:team/app.git")
        return world
    }

    /// Runs the commands in one shell; each with what it printed and the code with which it ended.
    func run(_ commands: [ShownCommand]) throws -> [(printed: String, code: String)] {
        var script = "leviathan() { \"$PROGRAM\" \"$@\"; }\n\(prelude)\n"
        for command in commands {
            var line = command.line.split(separator: "# ends with ").first.map(String.init) ?? ""
            for (name, here) in names { line = line.replacing(name, with: here) }
            let quoted = "'" + line.replacing("'", with: "'\\''") + "'"
            script += "eval \(quoted); printf '\\036%s\\036' $?\n"
        }
        let file = target.repository.directory.path + "/page.sh"
        try FileSystem.write(Array(script.utf8), to: file)
        var shell = Subprocess(
            "bash", ["--norc", "-c", "exec 2>&1 </dev/null; . \"$0\"", file], environment: environment)
        shell.workingDirectory = directory
        let printed = try shell.run().output.text.split(separator: "\u{1e}", omittingEmptySubsequences: false)
        return commands.indices.map { index in
            let place = 2 * index
            guard place + 1 < printed.count else { return (String(printed.last ?? ""), "nothing at all") }
            return (String(printed[place]), String(printed[place + 1]))
        }
    }
}

extension TestTarget {
    /// Proposes the first task of the usual backlog.
    fileprivate func propose() throws {
        let proposal = try leviathan("propose", "task-001")
        guard proposal.succeeded else { throw GitFailure(description: proposal.errors.text) }
    }
}
