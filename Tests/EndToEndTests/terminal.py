"""Runs a program at a real terminal, and does what a person does there.

usage: terminal.py STEPS PROGRAM [WORD]…     STEPS is JSON: a list of [name, value]
    ["expect", TEXT]        reads until TEXT has come since the last such step
    ["send", TEXT]          types it
    ["resize", [ROWS, COLUMNS]]
    ["touch", PATH]         makes an empty file
    ["close", null]         closes the terminal
Prints JSON: what came, the exit code, and which step did not come about."""
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time

steps = json.loads(sys.argv[1])
child, terminal = pty.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])


def resize(rows, columns):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


resize(24, 80)
output, place, is_open, failed = b"", 0, True, None
deadline = time.monotonic() + 120


def read():
    """More of what the program prints; whether there was any before it ended."""
    global output
    ready, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
    try:
        more = os.read(terminal, 65536) if ready else b""
    except OSError:
        more = b""
    output += more
    return bool(more)


for name, value in steps:
    if name == "expect":
        while output.find(value.encode(), place) < 0 and read():
            pass
        found = output.find(value.encode(), place)
        if found < 0:
            failed = [name, value]
            break
        place = found + len(value.encode())
    elif name == "send":
        os.write(terminal, value.encode())
    elif name == "resize":
        resize(*value)
    elif name == "touch":
        open(value, "w").close()
    elif name == "close":
        os.close(terminal)
        is_open = False
while is_open and not failed and read():
    pass
if failed or time.monotonic() > deadline:
    os.kill(child, signal.SIGKILL)
    failed = failed or ["end", None]
_, status = os.waitpid(child, 0)
print(json.dumps({"output": output.decode(errors="replace"), "code": os.waitstatus_to_exitcode(status), "failed": failed}))
