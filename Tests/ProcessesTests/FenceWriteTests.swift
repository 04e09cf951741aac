import Glibc
import Processes
import Testing

private func python(_ code: String) -> String { "python3 -c '\(code)'" }

/// Landlock does not see these; where there are mounts, they are read-only.
private let bare: Set<Rung> = [.landlock, .oldLandlock]

private let acts: [ForbiddenAct] = [
    ForbiddenAct("write", "echo x > $W/outside/file"),
    ForbiddenAct("append", "echo x >> $W/outside/file"),
    ForbiddenAct("create", "echo x > $W/outside/new"),
    ForbiddenAct("rename", "mv $W/outside/file $W/outside/renamed"),
    ForbiddenAct("rename out of sight", "mv $W/outside/file docs/"),
    ForbiddenAct("rename over", "cp docs/a.md docs/new && mv docs/new $W/outside/file"),
    ForbiddenAct(
        "exchange",
        python(
            """
            import ctypes,os; w=os.environ["W"].encode(); open("docs/n","w").write("n")
            ctypes.CDLL(None).renameat2(-100, b"docs/n", -100, w+b"/outside/file", 2)
            """)),
    ForbiddenAct("link", "ln $W/outside/file $W/outside/link"),
    ForbiddenAct("link in and write", "ln $W/outside/file docs/link && echo x > docs/link"),
    ForbiddenAct("symlink", "ln -s / $W/outside/symlink"),
    ForbiddenAct("write through an own symlink", "ln -s $W/outside docs/door && echo x > docs/door/file"),
    ForbiddenAct("truncate", "truncate -s 0 $W/outside/file"),
    ForbiddenAct("truncate by path", python("import os; os.truncate(os.environ[\"W\"]+\"/outside/file\", 0)")),
    ForbiddenAct(
        "truncate while reading", python("import os; os.open(os.environ[\"W\"]+\"/outside/file\", os.O_TRUNC)")),
    ForbiddenAct("chmod", "chmod 777 $W/outside/file", passesOn: bare),
    ForbiddenAct("chmod a directory", "chmod 777 $W/outside/dir", passesOn: bare),
    ForbiddenAct("chown", "chown 1:1 $W/outside/file", needsRoot: true),
    ForbiddenAct("utimes", "touch -d 2001-01-01 $W/outside/file", passesOn: bare),
    ForbiddenAct(
        "attributes",
        python(
            """
            import os; os.setxattr(os.environ["W"]+"/outside/file", "user.x", b"1"); print("\(FenceFixture.marker)")
            """), passesOn: bare),
    ForbiddenAct("unlink", "rm $W/outside/file"),
    ForbiddenAct("rmdir", "rm -r $W/outside/dir"),
    ForbiddenAct("mkdir", "mkdir $W/outside/new"),
    ForbiddenAct("fifo", "mkfifo $W/outside/new"),
    ForbiddenAct(
        "socket", python("import os,socket; socket.socket(socket.AF_UNIX).bind(os.environ[\"W\"]+\"/outside/s\")")),
    ForbiddenAct(
        "a named pipe",
        python(
            """
            import os; f=os.open(os.environ["W"]+"/outside/fifo",os.O_RDWR); os.write(f,b"x")
            print("\(FenceFixture.marker)")
            """), passesOn: [.namespaces, .bubblewrap]),
    ForbiddenAct("beside in the worktree", "echo x > src/b.txt"),
    ForbiddenAct("new in the worktree", "echo x > new.txt"),
    ForbiddenAct("rename the granted directory", "mv docs docs2"),
    ForbiddenAct("main checkout by absolute path", "echo x > $W/main/src/a.txt"),
    ForbiddenAct("dots", "echo x > docs/../src/b.txt"),
    ForbiddenAct("/proc/self/root", "echo x > /proc/self/root$W/outside/file"),
    ForbiddenAct("/proc/self/cwd", "echo x > /proc/self/cwd/src/b.txt"),
    ForbiddenAct("/proc/self/fd", "exec 9<$W/outside/file; echo x > /proc/self/fd/9"),
    ForbiddenAct("/proc/self/fd of a directory", "exec 9<$W/outside; echo x > /proc/self/fd/9/file"),
    ForbiddenAct("the supervisor's root", "echo x > /proc/$PPID/root$W/outside/file", needsRoot: true),
    ForbiddenAct(
        "the supervisor's directory",
        "cd /proc/$PPID/cwd && cd $W/wt && cd /proc/$PPID/root$W && echo x > outside/file", needsRoot: true),
    ForbiddenAct("rewrite .git", "echo 'gitdir: /evil' > .git"),
    ForbiddenAct("replace .git", "cp .git docs/g && mv -f docs/g .git"),
    ForbiddenAct("remove .git", "rm -f .git"),
    ForbiddenAct("move .git", "mv .git docs/"),
    ForbiddenAct("a hook", "echo 'touch /evil' > $W/main/.git/hooks/post-checkout"),
    ForbiddenAct("the config", "echo '[core] fsmonitor = evil' >> $W/main/.git/config"),
    ForbiddenAct("the config by git", "cd / && git config --file $W/main/.git/config core.fsmonitor evil"),
    ForbiddenAct("the worktree's config", "echo x > $W/main/.git/worktrees/wt/config.worktree"),
    ForbiddenAct("a lock", "touch $W/main/.git/index.lock"),
    ForbiddenAct(
        "bind mount",
        "mount --bind docs $W/outside && echo x > $W/outside/file; umount $W/outside; test -f docs/file && echo \(FenceFixture.marker)",
        needsRoot: true),
    ForbiddenAct("remount", "mount -o remount,bind,rw / && echo \(FenceFixture.marker)", needsRoot: true),
    ForbiddenAct(
        "own namespaces", "unshare -rm sh -c 'mount -t tmpfs x $W/outside && echo \(FenceFixture.marker)'"),
    ForbiddenAct("chroot", "chroot / /bin/echo \(FenceFixture.marker)", needsRoot: true),
    ForbiddenAct(
        "a kernel setting",
        "cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern && echo \(FenceFixture.marker)",
        needsRoot: true),
]

extension FenceTests {
    @Suite(.timeLimit(.minutes(60))) struct Write {
        @Test(arguments: acts.filter(\.canBeTried))
        func isHeldBack(act: ForbiddenAct) throws {
            let faults = try act.faults()
            #expect(faults == [])
        }

        @Test(.enabled(if: Somebody.isRoot))
        func isHeldBackFromAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.check(acts)
            }
            let faults = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
            #expect(faults == "all held\n")
        }

        @Test(arguments: Rung.allCases)
        func whatIsGrantedWorks(rung: Rung) throws {
            let world = try FenceFixture()
            var fence = world.fence
            rung.apply(&fence)
            let line = """
                set -e; echo x > docs/a.md; echo y > docs/new; mkdir docs/d; mv docs/new docs/d/; rm docs/deep/b.md
                ln docs/a.md docs/link; ln -s a.md docs/symlink; chmod 700 docs/d; touch -d 2001-01-01 docs/a.md
                truncate -s 1 docs/a.md; mv docs/d/new docs/deep/; echo h > $HOME/h; echo t > $TMPDIR/t
                : > /dev/null; head -c 1 /dev/urandom > $TMPDIR/r; cat README.md .git; cat /proc/self/status > $TMPDIR/s
                """
            let outcome = try world.run(line, fence: fence)
            #expect(outcome.succeeded, "\(outcome.errors.text)")
        }
    }
}
