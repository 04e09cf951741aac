"""What dispatching attempts as Jobs promises, measured against a real API server: a part of scripts/bench."""
import datetime
import http.client
import json
import os
import queue
import re
import ssl
import statistics
import subprocess
import threading
import time

IMAGE = "leviathan-worker:local"
# The scheduler as the cluster knows it: priority and fairness hold for it, as they do not for an administrator.
SCHEDULER = "scheduler-token"
TOKEN_LINE = SCHEDULER + ',system:serviceaccount:leviathan:leviathan-scheduler,u1,"system:serviceaccounts,system:serviceaccounts:leviathan"'
JOBS = "/apis/batch/v1/namespaces/leviathan/jobs"
PODS = "/api/v1/namespaces/leviathan/pods"


class Cluster:
    """An API server with its store, and its controllers and scheduler where pods are wanted."""

    def __init__(self, bench, companions):
        self.program = subprocess.Popen([bench["measuring"], "cluster", companions, TOKEN_LINE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        said = self.program.stdout.readline()
        if not said:
            raise SystemExit("the API server did not start: 'scripts/kube build' builds it")
        self.facts = json.loads(said)
        self.host, self.port = self.facts["url"].removeprefix("https://").split(":")
        self.tls = ssl.create_default_context(cafile=self.facts["authority"])
        self.local = threading.local()
        made = subprocess.run([bench["binary"], "manifests", "--overlay", "jobs", "--json"], check=True, stdout=subprocess.PIPE)
        wanted = {"Namespace", "ServiceAccount", "Role", "RoleBinding"}
        items = [each for each in json.loads(made.stdout)["items"] if each["kind"] in wanted]
        # What others are made in comes first.
        items.sort(key=lambda each: each["kind"] != "Namespace")
        self.kubectl("apply", "-f", "-", data=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
        self.kubectl("-n", "leviathan", "create", "secret", "generic", "leviathan-secrets", "--from-literal=control-plane-token=t", "--from-literal=github-token=t")

    def kubectl(self, *words, data=None):
        subprocess.run(["kubectl", "--kubeconfig", self.facts["kubeconfig"], *words], check=True, input=data, text=True, stdout=subprocess.DEVNULL)

    def ask(self, method, path, body=None, kind="application/json"):
        """One request as the administrator, on a connection of the thread's own."""
        for _ in range(2):
            connection = getattr(self.local, "connection", None)
            if connection is None:
                connection = self.local.connection = http.client.HTTPSConnection(self.host, self.port, context=self.tls, timeout=60)
            try:
                headers = {"Authorization": "Bearer " + self.facts["admin"], "Content-Type": kind}
                connection.request(method, path, None if body is None else json.dumps(body), headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (OSError, http.client.HTTPException):
                self.local.connection = None
        raise SystemExit(f"the API server does not answer to {method} {path}")

    def watch(self, path, onEvent):
        """Hands over every change from now on, in a thread of its own."""
        version = json.loads(self.ask("GET", path + "?limit=1")[1])["metadata"]["resourceVersion"]

        def follow():
            connection = http.client.HTTPSConnection(self.host, self.port, context=self.tls)
            try:
                connection.request("GET", f"{path}?watch=1&resourceVersion={version}&timeoutSeconds=3600", headers={"Authorization": "Bearer " + self.facts["admin"]})
                for line in connection.getresponse():
                    event = json.loads(line)
                    onEvent(event["type"], event["object"])
            except (OSError, ValueError, http.client.HTTPException):
                pass

        threading.Thread(target=follow, daemon=True).start()

    def metrics(self):
        """The samples of the server's own counters that matter, summed over what else tells them apart."""
        found = {"429": 0, "rejected": 0, "dispatched": 0, "executing": 0, "share": 0}
        for line in self.ask("GET", "/metrics")[1].decode().splitlines():
            name, _, rest = line.partition("{")
            value = float(line.rsplit(" ", 1)[1]) if rest else 0
            ours = 'flowSchema="service-accounts"' in rest or 'flow_schema="service-accounts"' in rest
            if name == "apiserver_request_total" and 'code="429"' in rest:
                found["429"] += value
            elif name == "apiserver_flowcontrol_rejected_requests_total":
                found["rejected"] += value
            elif name == "apiserver_flowcontrol_dispatched_requests_total" and ours:
                found["dispatched"] += value
            elif name == "apiserver_flowcontrol_current_executing_requests" and ours:
                found["executing"] += value
            elif name == "apiserver_flowcontrol_request_concurrency_limit" and 'workload-low"' in rest:
                found["share"] += value
        return found

    def scheduler_kubeconfig(self, path):
        with open(self.facts["kubeconfig"]) as file:
            text = file.read()
        with open(path, "w") as file:
            file.write(text.replace(self.facts["admin"], SCHEDULER))
        return path

    def end(self):
        self.program.stdin.close()
        self.program.wait()


class World:
    """A target with many tasks and a home that dispatches to the cluster."""

    def __init__(self, bench, cluster, name, tasks, plane="http://127.0.0.1:1"):
        self.bench, self.cluster, self.home = bench, cluster, f"{bench['place']}/{name}-home"
        self.remote = f"{bench['place']}/{name}.git"
        work, run = f"{bench['place']}/{name}", bench["run"]
        os.makedirs(work + "/.leviathan")
        os.makedirs(self.home + "/targets", mode=0o700)
        os.chmod(self.home, 0o700)
        limits = "limits: {max_open_prs: 100000, max_running_attempts: 1000, circuit_breaker: {failures: 1000}}\n"
        files = {
            ".leviathan/contract.yaml": "version: 1\ntarget: shop\ndelivery: {forge: git}\nidentity: {name: W, email: w@example.com}\n",
            ".leviathan/policy.yaml": "version: 1\nscopes: {docs: {allowed_paths: [docs/**], executor: docs}}\n" + limits,
            ".leviathan/backlog.yaml": "version: 1\ntasks:\n" + "".join(
                f"  - {{id: task-{each}, title: Page {each}, scope: docs, ready: true, allowed_paths: [docs/p{each}.md]}}\n" for each in range(tasks)),
        }
        run("git", "init", "--quiet", "--initial-branch=main", work)
        for path, text in files.items():
            with open(f"{work}/{path}", "w") as file:
                file.write(text)
        run("git", "add", "--all", cwd=work)
        run("git", "commit", "--quiet", "--message", "x", cwd=work)
        run("git", "clone", "--quiet", "--bare", work, self.remote)
        subprocess.run(["chmod", "-R", "a+rwX", self.remote], check=True)
        with open(self.home + "/targets/shop.yaml", "w") as file:
            file.write(f"name: shop\nrepo_url: {self.remote}\ndefault_branch: main\n")
        with open(self.home + "/config.yaml", "w") as file:
            file.write(limits + f"dispatch: {{kind: kubernetes, namespace: leviathan, image: '{IMAGE}', control_plane_url: '{plane}'}}\n")
        self.environment = bench["environment"] | {
            "LEVIATHAN_HOME": self.home, "KUBECONFIG": cluster.scheduler_kubeconfig(f"{bench['place']}/{name}.kubeconfig")}

    def start(self, *words):
        return subprocess.Popen(
            [self.bench["binary"], "run", "--once", "--all", "--json", *words], env=self.environment, cwd=self.bench["place"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def outcomes(program):
    """How many grants came to what."""
    out, errors = program.communicate()
    counts = {}
    try:
        for each in json.loads(out)["dispatched"]:
            counts[each["outcome"]] = counts.get(each["outcome"], 0) + 1
    except ValueError:
        raise SystemExit(f"'leviathan run' printed no JSON: {out[:400]} {errors[-400:]}") from None
    return counts


class Finisher:
    """Stands in for pods: reports for every Job what a worker would, calls it complete, and deletes it later, as its time to live would."""

    def __init__(self, bench, cluster, world, keeps):
        self.cluster, self.keeps, self.done = cluster, keeps, 0
        self.waiting, self.ended, self.local = queue.Queue(), queue.Queue(), threading.local()
        self.plane = subprocess.Popen(
            [bench["binary"], "serve", "--port", "0", "--no-scheduler", "--rate", "1000000"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env=world.environment | {"LEVIATHAN_CONTROL_PLANE_TOKEN": "t"})
        self.port = int(json.loads(self.plane.stdout.readline())["url"].rsplit(":", 1)[1])
        cluster.watch(JOBS, lambda kind, job: self.waiting.put(job) if kind == "ADDED" else None)
        for _ in range(4):
            threading.Thread(target=self.finish, daemon=True).start()

    def report(self, job):
        """The events of an attempt that was delivered."""
        given = {each["name"]: each.get("value") for each in job["spec"]["template"]["spec"]["containers"][0]["env"]}
        attempt = given["ATTEMPT_ID"]
        facts = {"target": "shop", "task_id": given["TASK_ID"], "attempt_id": attempt}
        steps = [("attempt.created", {"number": 1, "scope": "docs", "base": "1" * 40, "executor": "docs", "workspace": "tree"}),
                 ("attempt.started", {"isolation": "none"}), ("attempt.succeeded", {"outcome": "delivered", "commit": "2" * 40})]
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        events = [{"event_id": f"{attempt}-{number}", "event_type": kind, "timestamp": now, "actor_id": "bench", "payload": facts | more}
                  for number, (kind, more) in enumerate(steps)]
        if getattr(self.local, "plane", None) is None:
            self.local.plane = http.client.HTTPConnection("127.0.0.1", self.port)
        body = json.dumps({"target": "shop", "bundle_id": attempt, "events": events})
        self.local.plane.request("POST", "/v1/events/ingest", body, {"Authorization": "Bearer t", "Content-Type": "application/json"})
        answer = self.local.plane.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise SystemExit(f"the control plane takes no report: {said.decode()[:300]}")

    def finish(self):
        while True:
            job = self.waiting.get()
            name = job["metadata"]["name"]
            self.report(job)
            now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
            status = {"succeeded": 1, "startTime": now, "completionTime": now, "conditions": [{"type": "Complete", "status": "True", "lastTransitionTime": now, "lastProbeTime": now}]}
            self.cluster.ask("PATCH", f"{JOBS}/{name}/status", {"status": status}, "application/merge-patch+json")
            self.done += 1
            self.ended.put(name)
            if self.ended.qsize() > self.keeps:
                self.cluster.ask("DELETE", f"{JOBS}/{self.ended.get()}", {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"})

    def end(self):
        self.plane.terminate()
        self.plane.wait()


def megabytes(process):
    with open(f"/proc/{process}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read())[1]) / 1000


def queued(bench, row):
    """1,000 grants that all may go: what the API server says of it."""
    count = int(os.environ.get("LEVIATHAN_BENCH_QUEUE", "1000"))
    cluster = Cluster(bench, "alone")
    world = World(bench, cluster, "queued", count)
    finisher = Finisher(bench, cluster, world, keeps=1 << 30)
    before, peak = cluster.metrics(), 0
    program, began = world.start("--jobs", "256"), time.perf_counter()
    reader = threading.Thread(target=lambda: results.update(outcomes(program)))
    results = {}
    reader.start()
    while reader.is_alive():
        peak = max(peak, cluster.metrics()["executing"])
        time.sleep(0.05)
    seconds, after = time.perf_counter() - began, cluster.metrics()
    asked, refused = after["dispatched"] - before["dispatched"], (after["429"] - before["429"], after["rejected"] - before["rejected"])
    row(f"{count:,} queued grants: answers of 429 and requests that priority and fairness rejected",
        f"{refused[0]:.0f} and {refused[1]:.0f} of {asked:.0f} ({asked / seconds:.0f} a second for {seconds:.0f} s, at most {peak:.0f} at once where {after['share']:.0f} may be)",
        "none", refused == (0, 0) and results == {"delivered": count})
    finisher.end()
    cluster.end()


def memory(bench, row):
    """What the program holds while 10,000 Jobs come and go."""
    count = int(os.environ.get("LEVIATHAN_BENCH_JOBS", "10000"))
    cluster = Cluster(bench, "alone")
    world = World(bench, cluster, "memory", count)
    finisher = Finisher(bench, cluster, world, keeps=200)
    program, sizes = world.start("--jobs", "64"), {}
    reader = threading.Thread(target=lambda: results.update(outcomes(program)))
    results = {}
    reader.start()
    while reader.is_alive():
        try:
            sizes.setdefault(finisher.done * 10 // count, []).append(megabytes(program.pid))
        except (OSError, TypeError):
            pass
        time.sleep(0.2)
    early, late = (max(sizes.get(tenth, [0])) for tenth in (1, 9))
    row(f"memory of `run` in the last tenth of {count:,} Jobs / in the second", f"{late / early:.2f} ({late:.0f} MB, {early:.0f} MB)" if early else "-",
        "flat: at most 1.2", early > 0 and late <= 1.2 * early and results == {"delivered": count})
    finisher.end()
    cluster.end()


def begin(bench, row):
    """From the grant to a worker that runs, beside a Job like it that is made without Leviathan."""
    rounds = int(os.environ.get("LEVIATHAN_BENCH_ROUNDS", "11"))
    cluster, place = Cluster(bench, "whole"), bench["place"]
    plane = subprocess.Popen(
        [bench["binary"], "serve", "--port", "0", "--no-scheduler"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=bench["environment"] | {"LEVIATHAN_HOME": place + "/plane", "LEVIATHAN_CONTROL_PLANE_TOKEN": "t"})
    url = json.loads(plane.stdout.readline())["url"]
    world = World(bench, cluster, "begin", rounds, url)
    with open(place + "/worker-gitconfig", "w") as file:
        file.write("[safe]\n\tdirectory = *\n[core]\n\tsharedRepository = 0666\n")
    os.chmod(place, 0o755)
    binds = {world.remote: world.remote, place + "/worker-gitconfig": place + "/worker-gitconfig"}
    node = subprocess.Popen(
        ["python3", bench["root"] + "/scripts/kube-node", cluster.facts["url"], cluster.facts["authority"], cluster.facts["admin"], "node-1",
         place + "/node", bench["binary"], IMAGE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"KUBE_NODE_ENV": json.dumps({"GIT_CONFIG_GLOBAL": place + "/worker-gitconfig"}), "KUBE_NODE_BINDS": json.dumps(binds)})
    isolation, running, bell = node.stdout.readline().strip(), {}, threading.Condition()

    def note(kind, pod):
        if pod.get("status", {}).get("phase") in ("Running", "Succeeded", "Failed"):
            with bell:
                running.setdefault(pod["metadata"]["labels"].get("job-name"), time.time())
                bell.notify_all()

    cluster.watch(PODS, note)

    def wait(name):
        with bell:
            if not bell.wait_for(lambda: name in running, timeout=60):
                raise SystemExit(f"the pod of the Job '{name}' did not run within a minute")
        return running[name]

    own, bare = [], []
    for number in range(rounds):
        program = world.start("--jobs", "1", "--max", "1")
        counts = outcomes(program)
        if counts != {"delivered": 1}:
            raise SystemExit(f"an attempt came to {counts}")
        jobs = json.loads(cluster.ask("GET", JOBS)[1])["items"]
        job = max(jobs, key=lambda each: each["metadata"]["creationTimestamp"] if each["metadata"]["name"] in running and not each["metadata"]["name"].startswith("bare-") else "")
        own.append(wait(job["metadata"]["name"]) - granted(world))
        plain = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": f"bare-{number}", "namespace": "leviathan"}, "spec": job["spec"]}
        for generated in (plain["spec"], plain["spec"]["template"]["metadata"]):
            generated.pop("selector", None)
            for label in ("controller-uid", "job-name"):
                generated.get("labels", {}).pop(label, None)
        plain["spec"]["template"]["spec"]["containers"][0]["command"] = ["leviathan", "version"]
        began = time.time()
        status, said = cluster.ask("POST", JOBS, plain)
        if status != 201:
            raise SystemExit(f"the bare Job was not made: {said.decode()[:300]}")
        bare.append(wait(f"bare-{number}") - began)
    own, bare = (statistics.median(times[1:]) * 1000 for times in (own, bare))
    row("from the grant to a running worker, over a bare Job on the same node", f"{own - bare:.0f} ms ({own:.0f} ms, {bare:.0f} ms; {isolation})", "at most 150 ms", own - bare <= 150)
    node.stdin.close()
    plane.terminate()
    cluster.end()
    for program in (node, plane):
        program.wait()


def granted(world):
    """When the last grant was written down."""
    lines = subprocess.run([world.bench["binary"], "events", "--limit", "50", "--json"], env=world.environment, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()
    times = [each["timestamp"] for each in map(json.loads, lines) if each["event_type"] == "attempt.granted"]
    return datetime.datetime.fromisoformat(max(times).rstrip("Z") + "+00:00").timestamp()


def cold(bench, row):
    """A worker's clone of a large repository from a mirror that is there, and the contract in it."""
    files = int(os.environ.get("LEVIATHAN_BENCH_FILES", "100000"))
    path, place = f"{bench['place']}/repository-{files}", bench["place"]
    path = path if os.path.exists(path) else bench["repository"](files)
    os.makedirs(place + "/cold")
    bench["run"]("git", "clone", "--quiet", "--bare", path, place + "/cold/large.git")
    bench["run"]("git", "-C", place + "/cold/large.git", "config", "uploadpack.allowFilter", "true")
    with open(place + "/cold/port", "w+") as file:
        import socket
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        server = subprocess.Popen(["git", "daemon", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={place}/cold", place + "/cold"], stdout=file, stderr=file)
    url, number = f"git://127.0.0.1:{port}/large.git", iter(range(1000))
    for _ in range(100):
        if subprocess.run(["git", "ls-remote", url], capture_output=True).returncode == 0:
            break
        time.sleep(0.1)

    def own():
        home = f"{place}/cold/home-{next(number)}"
        subprocess.run(
            [bench["binary"], "target", "add", url, "--name", "example"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=bench["environment"] | {"LEVIATHAN_HOME": home, "LEVIATHAN_MIRRORS": place + "/cold/mirrors"})

    def git():
        bench["run"]("git", "clone", "--quiet", "--filter=blob:none", "--no-checkout", url, f"{place}/cold/clone-{next(number)}")

    own, git = bench["in_turn"](5, own, git)
    row(f"a worker's clone of {files:,} files from a warm mirror, with its contract / `git clone --filter=blob:none --no-checkout`",
        f"{own / git:.2f} ({own:.0f} ms, {git:.0f} ms)", "at most 2", own <= 2 * git)
    server.terminate()
    server.wait()


def measure(bench, row, wanted):
    for part in [begin, queued, memory, cold]:
        if not wanted or part.__name__ in wanted:
            part(bench, row)
