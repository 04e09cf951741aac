"""What the control plane promises, measured beside other servers: a part of scripts/bench."""
import gzip
import http.client
import json
import os
import re
import resource
import select
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time

PEER = '''
from fastapi import FastAPI
app = FastAPI()
@app.get("/health")
async def health():
    return {"status": "ok", "version": "0.1.0"}
'''


class Plane:
    """A control plane of a home of its own."""

    def __init__(self, bench, home, **variables):
        self.began = time.perf_counter()
        self.program = subprocess.Popen(
            [bench["binary"], "serve", "--port", "0", "--no-scheduler", "--rate", "1000000"], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=bench["environment"] | {"LEVIATHAN_HOME": home, "LEVIATHAN_CONTROL_PLANE_TOKEN": "t"} | variables)
        self.url = json.loads(self.program.stdout.readline())["url"]
        self.port = int(self.url.rsplit(":", 1)[1])
        # Nobody reads the log of a measurement.
        self.drain = subprocess.Popen(["cat"], stdin=self.program.stdout, stdout=subprocess.DEVNULL)
        self.program.stdout.close()

    def ask(self, method, path, body=None, connection=None, cookie=None):
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port)
        headers = {"Cookie": cookie} if cookie else {"Authorization": "Bearer t", "Content-Type": "application/json"}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def login(self):
        """The cookie of a session, as a browser gets it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("POST", "/login", "key=t", {"Content-Type": "application/x-www-form-urlencoded"})
        return connection.getresponse().headers["Set-Cookie"].split(";")[0]

    def megabytes(self):
        with open(f"/proc/{self.program.pid}/status") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1000

    def end(self):
        self.program.send_signal(signal.SIGTERM)
        self.program.wait()
        self.drain.wait()


def wrk(port, path="/health"):
    """Requests a second."""
    words = ["wrk", "-t1", "-c64", "-d5s", f"http://127.0.0.1:{port}{path}"]
    output = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start(bench, row):
    times, sizes = [], []
    for _ in range(11):
        plane = Plane(bench, bench["place"] + "/serving-start")
        plane.ask("GET", "/health")
        times.append((time.perf_counter() - plane.began) * 1000)
        plane.ask("GET", "/ready")
        sizes.append(plane.megabytes())
        plane.end()
    took, size = statistics.median(times), statistics.median(sizes)
    row("`leviathan serve`, from its start to its first answer", f"{took:.0f} ms", "under 100 ms", took < 100)
    row("memory of `leviathan serve` at rest", f"{size:.0f} MB", "under 30 MB", size < 30)


def small_answers(bench, row):
    bare_program = bench["place"] + "/bare-http"
    bench["run"]("gcc", "-O2", bench["root"] + "/scripts/bare-http.c", "-o", bare_program, "-lmicrohttpd")
    bare = subprocess.Popen([bare_program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    bare_port = int(bare.stdout.readline())
    with open(bench["place"] + "/peer.py", "w") as file:
        file.write(PEER)
    port = free_port()
    python = bench["root"] + "/.build/venv/bin/python"
    peer = subprocess.Popen(
        [python, "-m", "uvicorn", "peer:app", "--port", str(port), "--log-level", "warning"], cwd=bench["place"])
    plane = Plane(bench, bench["place"] + "/serving-small")
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except OSError:
            time.sleep(0.05)
    own, other, least = [], [], []
    for _ in range(3):
        own.append(wrk(plane.port))
        other.append(wrk(port))
        least.append(wrk(bare_port))
    own, other, least = (statistics.median(all) for all in (own, other, least))
    row("a small JSON answer / FastAPI on uvicorn", f"{own / other:.1f} ({own:,.0f} and {other:,.0f} a second)", "at least 12", own >= 12 * other)
    row("a small JSON answer / bare libmicrohttpd", f"{100 * own / least:.0f} % ({least:,.0f} a second)", "above 60 %", own > 0.6 * least)
    plane.end()
    peer.terminate()
    peer.wait()
    bare.stdin.close()
    bare.wait()


def bundle(number, size):
    events = [
        {
            "event_id": f"00000000-0000-4000-8000-{number * size + place:012d}", "event_type": "invariant.finished",
            "timestamp": "2026-01-01T00:00:00Z", "actor_id": "w",
            "payload": {"attempt_id": f"attempt-{number}", "name": "tests", "outcome": "passed", "target": "bench", "task_id": f"task-{number}"},
        } for place in range(size)
    ]
    return json.dumps({"target": "bench", "bundle_id": str(number), "events": events})


class Database:
    """A PostgreSQL server of its own that syncs as one that is trusted does."""

    def __init__(self):
        self.place = tempfile.mkdtemp(prefix="leviathan-bench-pg-")
        versions = sorted(os.listdir("/usr/lib/postgresql"), key=int)
        self.programs = f"/usr/lib/postgresql/{versions[-1]}/bin/"
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] if os.getuid() == 0 else []
        if self.user:
            shutil.chown(self.place, "postgres", "postgres")
        self.port = free_port()
        self.run("initdb", "-D", self.place + "/data", "-U", "leviathan", "--auth=trust", "-E", "UTF8", "--locale=C")
        self.run("pg_ctl", "-w", "-D", self.place + "/data", "-l", self.place + "/log", "-o",
                 f"-k {self.place} -p {self.port} -c listen_addresses=''", "start")
        self.url = f"postgresql://leviathan@/postgres?host={self.place}&port={self.port}"

    def run(self, program, *words):
        subprocess.run(self.user + [self.programs + program, *words], check=True, stdout=subprocess.DEVNULL, cwd="/")

    def end(self):
        self.run("pg_ctl", "-w", "-m", "fast", "-D", self.place + "/data", "stop")
        shutil.rmtree(self.place, ignore_errors=True)


def ingest(bench, row, bundles=200, size=100):
    raw = bench["place"] + "/raw-chain"
    include = subprocess.run(["pg_config", "--includedir"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    bench["run"]("gcc", "-O2", "-I" + include, bench["root"] + "/scripts/raw-chain.c", "-o", raw, "-lpq")
    database = Database()
    try:
        plane = Plane(bench, bench["place"] + "/serving-ingest", LEVIATHAN_BACKEND="postgres", LEVIATHAN_POSTGRES_URL=database.url)
        connection = http.client.HTTPConnection("127.0.0.1", plane.port)
        bodies = [bundle(number, size) for number in range(bundles * 3)]
        own, plain = [], []
        for turn in range(3):
            began = time.perf_counter()
            for body in bodies[turn * bundles:(turn + 1) * bundles]:
                status, text = plane.ask("POST", "/v1/events/ingest", body, connection)
                assert status == 200, text
            own.append(bundles * size / (time.perf_counter() - began))
            took = float(subprocess.run([raw, database.url, str(bundles * size), str(size)], check=True, stdout=subprocess.PIPE, text=True).stdout)
            plain.append(bundles * size / took * 1000)
        own, plain = statistics.median(own), statistics.median(plain)
        row("bundles of 100 events into PostgreSQL, of what pipelined libpq does", f"{100 * own / plain:.0f} % ({own:,.0f} and {plain:,.0f} events a second)", "at least 50 %", own >= plain / 2)
        plane.end()
    finally:
        database.end()


def graph(bench, row):
    home = bench["place"] + "/serving-graph"
    subprocess.run([bench["measuring"], "append", home + "/journal.db", "1000000", "1000"], check=True, stdout=subprocess.DEVNULL)
    plane = Plane(bench, home)
    connection = http.client.HTTPConnection("127.0.0.1", plane.port)
    times = []
    for _ in range(31):
        began = time.perf_counter()
        status, _ = plane.ask("GET", "/v1/graph/summary", connection=connection)
        times.append((time.perf_counter() - began) * 1000)
        assert status == 200
    took = statistics.median(times)
    row("`GET /v1/graph/summary` at 1,000,000 events", f"{took:.1f} ms", "under 5 ms", took < 5)
    plane.end()


def looker(plane, connection):
    """What asks for a page as somebody who has logged in: milliseconds, and the page."""
    cookie = plane.login()

    def look(path):
        began = time.perf_counter()
        status, text = plane.ask("GET", path, connection=connection, cookie=cookie)
        assert status == 200, text
        return (time.perf_counter() - began) * 1000, text

    return look


def small_page(bench):
    """What the first page takes in a home of ten targets and 10,000 events."""
    home = bench["place"] + "/serving-small-page"
    bench["many_targets"](home, 10, 100)
    bench["run"](bench["measuring"], "fleet", home + "/journal.db", "10000", "10")
    plane = Plane(bench, home)
    look = looker(plane, http.client.HTTPConnection("127.0.0.1", plane.port))

    took, _ = middle(look, "/", 31)
    plane.end()
    return took


def pages(bench, row, targets=1000, events=1_000_000):
    """What the pages cost that show everything: a first look, and looks while nothing and while something happens."""
    home = bench["place"] + "/serving-pages"
    bench["many_targets"](home, targets, 100)
    bench["run"](bench["measuring"], "fleet", home + "/journal.db", str(events), str(targets))
    few = small_page(bench)
    plane = Plane(bench, home)
    connection = http.client.HTTPConnection("127.0.0.1", plane.port)
    look = looker(plane, connection)

    began = time.perf_counter()
    first, text = look("/")
    row(f"the first page, asked for at the start of the server, {targets:,} targets, {events:,} events", f"{first:.0f} ms", "under 2,500 ms", first < 2500)
    while b"are being read" in text and time.perf_counter() - began < 60:
        time.sleep(0.2)
        text = look("/")[1]
    ready = time.perf_counter() - began
    row(f"until {targets:,} targets with 100 tasks each are read for the first time", f"{ready:.1f} s", "under 10 s", ready < 10)
    took, text = middle(look, "/", 31)
    row("the first page, looked at again", f"{took:.1f} ms", "under 15 ms", took < 15)
    row(f"the first page at {targets:,} targets and {events:,} events / at 10 and 10,000", f"{took / few:.2f} ({few:.1f} ms)", "at most 3", took <= 3 * few)
    size = len(gzip.compress(text)) / 1000
    row("the first page, compressed", f"{size:.1f} kB ({len(text) / 1000:.0f} kB as it is)", "under 40 kB", size < 40)
    late = []
    for number in range(15):
        plane.ask("POST", "/v1/events/ingest", bundle(number, 1), connection)
        late.append(look("/")[0])
    took = statistics.median(late)
    row("the first page, right after an event", f"{took:.1f} ms (at worst {max(late):.1f} ms)", "under 15 ms", took < 15)
    for path in ["/attempts", "/attempts?task=task-1", "/attempts?target=target-00500", "/failures", "/events", "/tasks", "/targets"]:
        took, text = middle(look, path, 15)
        row(f"`{path}` with {events // 8:,} attempts", f"{took:.1f} ms", "under 50 ms", took < 50)
    _, text = look("/attempts")
    steps = []
    for _ in range(20):
        place = re.search(rb'href="(/attempts[?]cursor=[^"]+)"', text)[1].decode()
        took, text = look(place)
        steps.append(took)
    row("the twentieth page of attempts / the first", f"{statistics.median(steps[-5:]) / statistics.median(steps[:5]):.2f}", "at most 2", statistics.median(steps[-5:]) <= 2 * statistics.median(steps[:5]))
    row("memory of `leviathan serve` after that", f"{plane.megabytes():.0f} MB", "under 250 MB", plane.megabytes() < 250)
    plane.end()


def middle(look, path, count):
    """The median time of several looks, and what the last one showed."""
    found = [look(path) for _ in range(count)]
    return statistics.median(time for time, _ in found), found[-1][1]


def listeners(bench, row, count=10_000):
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, count + 2000), most))
    plane = Plane(bench, bench["place"] + "/serving-listeners")
    before = plane.megabytes()
    request = b"GET /v1/events/stream HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer t\r\n\r\n"
    sockets, poll = {}, select.epoll()
    for number in range(count):
        # Each address has only so many ports.
        client = socket.create_connection(("127.0.0.1", plane.port), source_address=(f"127.0.0.{2 + number // 20_000}", 0))
        client.sendall(request)
        sockets[client.fileno()] = client
    waiting = set(sockets)
    for number in waiting:
        sockets[number].setblocking(False)
        poll.register(number, select.EPOLLIN)

    def gather(word, seconds):
        """How long it takes until everybody has got a word."""
        began, missing = time.perf_counter(), dict.fromkeys(sockets, b"")
        while missing and time.perf_counter() - began < seconds:
            for number, _ in poll.poll(0.1):
                data = sockets[number].recv(65536)
                if number in missing:
                    missing[number] += data
                    if word in missing[number]:
                        del missing[number]
        return time.perf_counter() - began, len(missing)

    _, missing = gather(b": connected", 60)
    size = plane.megabytes()
    plane.ask("POST", "/v1/events/ingest", bundle(0, 1))
    took, late = gather(b"invariant.finished", 30)
    row("memory with 10,000 clients that listen to events", f"{size:.0f} MB (at rest {before:.0f} MB; {missing} were not let in)", "under 150 MB", size < 150 and missing == 0)
    row("an event to 10,000 clients", f"{took * 1000:.0f} ms ({late} did not get it)", "under 1 s", took < 1 and late == 0)
    for client in sockets.values():
        client.close()
    plane.end()


def measure(bench, row, wanted):
    for part in [start, small_answers, ingest, graph, pages, listeners]:
        if not wanted or part.__name__ in wanted:
            part(bench, row)
