import Glibc
import Processes
import Testing

private func python(_ code: String) -> String { "python3 -c '\(code)'" }

/// Landlock does not see these; where there are mounts, they are read-only.
private let bare: Set<Rung> = [.landlock, .oldLandlock]

private let deeds: [Deed] = [
    Deed("write", "echo x > $W/outside/file"),
    Deed("append", "echo x >> $W/outside/file"),
    Deed("create", "echo x > $W/outside/new"),
    Deed("rename", "mv $W/outside/file $W/outside/renamed"),
    Deed("rename out of sight", "mv $W/outside/file docs/"),
    Deed("rename over", "cp docs/a.md docs/new && mv docs/new $W/outside/file"),
    Deed(
        "exchange",
        python(
            """
            import ctypes,os; w=os.environ["W"].encode(); open("docs/n","w").write("n")
            ctypes.CDLL(None).renameat2(-100, b"docs/n", -100, w+b"/outside/file", 2)
            """)),
    Deed("link", "ln $W/outside/file $W/outside/link"),
    Deed("link in and write", "ln $W/outside/file docs/link && echo x > docs/link"),
    Deed("symlink", "ln -s / $W/outside/symlink"),
    Deed("write through an own symlink", "ln -s $W/outside docs/door && echo x > docs/door/file"),
    Deed("truncate", "truncate -s 0 $W/outside/file"),
    Deed("truncate by path", python("import os; os.truncate(os.environ[\"W\"]+\"/outside/file\", 0)")),
    Deed("truncate while reading", python("import os; os.open(os.environ[\"W\"]+\"/outside/file\", os.O_TRUNC)")),
    Deed("chmod", "chmod 777 $W/outside/file", passesOn: bare),
    Deed("chmod a directory", "chmod 777 $W/outside/dir", passesOn: bare),
    Deed("chown", "chown 1:1 $W/outside/file", needsRoot: true),
    Deed("utimes", "touch -d 2001-01-01 $W/outside/file", passesOn: bare),
    Deed(
        "attributes",
        python(
            """
            import os; os.setxattr(os.environ["W"]+"/outside/file", "user.x", b"1"); print("\(FenceWorld.marker)")
            """), passesOn: bare),
    Deed("unlink", "rm $W/outside/file"),
    Deed("rmdir", "rm -r $W/outside/dir"),
    Deed("mkdir", "mkdir $W/outside/new"),
    Deed("fifo", "mkfifo $W/outside/new"),
    Deed(
        "socket", python("import os,socket; socket.socket(socket.AF_UNIX).bind(os.environ[\"W\"]+\"/outside/s\")")),
    Deed(
        "a named pipe",
        python(
            """
            import os; f=os.open(os.environ["W"]+"/outside/fifo",os.O_RDWR); os.write(f,b"x")
            print("\(FenceWorld.marker)")
            """), passesOn: [.namespaces, .bubblewrap]),
    Deed("beside in the worktree", "echo x > src/b.txt"),
    Deed("new in the worktree", "echo x > new.txt"),
    Deed("rename the granted directory", "mv docs docs2"),
    Deed("main checkout by absolute path", "echo x > $W/main/src/a.txt"),
    Deed("dots", "echo x > docs/../src/b.txt"),
    Deed("/proc/self/root", "echo x > /proc/self/root$W/outside/file"),
    Deed("/proc/self/cwd", "echo x > /proc/self/cwd/src/b.txt"),
    Deed("/proc/self/fd", "exec 9<$W/outside/file; echo x > /proc/self/fd/9"),
    Deed("/proc/self/fd of a directory", "exec 9<$W/outside; echo x > /proc/self/fd/9/file"),
    Deed("the minder's root", "echo x > /proc/$PPID/root$W/outside/file", needsRoot: true),
    Deed(
        "the minder's directory",
        "cd /proc/$PPID/cwd && cd $W/wt && cd /proc/$PPID/root$W && echo x > outside/file", needsRoot: true),
    Deed("rewrite .git", "echo 'gitdir: /evil' > .git"),
    Deed("replace .git", "cp .git docs/g && mv -f docs/g .git"),
    Deed("remove .git", "rm -f .git"),
    Deed("move .git", "mv .git docs/"),
    Deed("a hook", "echo 'touch /evil' > $W/main/.git/hooks/post-checkout"),
    Deed("the config", "echo '[core] fsmonitor = evil' >> $W/main/.git/config"),
    Deed("the config by git", "cd / && git config --file $W/main/.git/config core.fsmonitor evil"),
    Deed("the worktree's config", "echo x > $W/main/.git/worktrees/wt/config.worktree"),
    Deed("a lock", "touch $W/main/.git/index.lock"),
    Deed(
        "bind mount",
        "mount --bind docs $W/outside && echo x > $W/outside/file; umount $W/outside; test -f docs/file && echo \(FenceWorld.marker)",
        needsRoot: true),
    Deed("remount", "mount -o remount,bind,rw / && echo \(FenceWorld.marker)", needsRoot: true),
    Deed("own namespaces", "unshare -rm sh -c 'mount -t tmpfs x $W/outside && echo \(FenceWorld.marker)'"),
    Deed("chroot", "chroot / /bin/echo \(FenceWorld.marker)", needsRoot: true),
    Deed(
        "a kernel setting",
        "cat /proc/sys/kernel/core_pattern > /proc/sys/kernel/core_pattern && echo \(FenceWorld.marker)",
        needsRoot: true),
]

extension FenceTests {
    @Suite(.timeLimit(.minutes(20))) struct Write {
        @Test(arguments: deeds)
        func isHeldBack(deed: Deed) throws {
            guard !deed.needsRoot || Somebody.isRoot else { return }
            let faults = try deed.faults()
            #expect(faults == [])
        }

        @Test(.enabled(if: Somebody.isRoot))
        func isHeldBackFromAnOrdinaryUser() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
                Somebody.judge(deeds)
            }
            let faults = String(decoding: result?.standardOutputContent ?? [], as: UTF8.self)
            #expect(faults == "all held\n")
        }

        @Test(arguments: Rung.allCases)
        func whatIsGrantedWorks(rung: Rung) throws {
            let world = try FenceWorld()
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
