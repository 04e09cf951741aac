import Basics
import Glibc
import Processes
import TestSupport
import Testing

/// A control plane that dies in the middle of its work: what it acknowledged is there, and nothing is there twice.
@Suite(.timeLimit(.minutes(60))) struct ServeCrashTests {
    /// Sends bundles until it is told to end, each again until it is acknowledged; says how many were.
    private static let sender = """
        import http.client, json, os, sys, threading, time
        stop, place, worker = threading.Event(), sys.argv[1], sys.argv[2]
        threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()

        def bundle(number):
            events = [{"event_id": f"{worker}-{number}-{index}", "event_type": "model.call_started",
                       "timestamp": "2026-01-01T00:00:00Z", "actor_id": worker,
                       "payload": {"task_id": "t", "attempt_id": worker, "call": index, "attempt": number}}
                      for index in range(5)]
            return json.dumps({"target": worker, "bundle_id": f"{worker}-{number}", "events": events})

        number = 0
        while not stop.is_set():
            try:
                port = int(open(place).read())
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("POST", "/v1/events/ingest", bundle(number), {"Content-Type": "application/json"})
                answer = connection.getresponse()
                if answer.status == 200:
                    number += 1
                    if number % 20 == 1: print(number, flush=True)
                elif answer.status not in (503,):
                    print("refused", answer.status, answer.read(), flush=True)
                    break
            except (OSError, ValueError, http.client.HTTPException):
                time.sleep(0.01)
        print("sent", number, flush=True)
        """

    @Test func whatWasAcknowledgedIsThereOnceHoweverOftenItDies() throws {
        let target = try TestTarget()
        let place = target.repository.directory.path + "/port"
        func publish(_ serving: ServedProgram) throws {
            let port = serving.url.split(separator: ":").last.map(String.init) ?? ""
            try FileSystem.write(Array(port.utf8), to: place)
        }
        var serving = try ServedProgram(target, ["--no-scheduler", "--rate", "1000000"])
        try publish(serving)
        let senders = try ["w1", "w2"].map { worker in
            try BackgroundProgram(["python3", "-c", Self.sender, place, worker])
        }
        for round in 0..<10 {
            // Each death comes at another moment of somebody's work: after so many bundles that were acknowledged.
            _ = senders[round % 2].readLine()
            kill(serving.process, SIGKILL)
            serving = try ServedProgram(target, ["--no-scheduler", "--rate", "1000000"])
            try publish(serving)
        }
        var sent: [Int] = []
        for sender in senders {
            sender.closeInput()
            while let line = sender.readLine() {
                #expect(!line.hasPrefix("refused"), "\(line)")
                if line.hasPrefix("sent ") { sent.append(Int(line.dropFirst(5)) ?? 0) }
            }
        }
        #expect(try serving.end() == "0")
        for (worker, bundles) in zip(["w1", "w2"], sent) {
            let lines = try target.leviathan("events", "--target", worker, "--limit", "0", "--json").output.text
                .split(separator: "\n").map { try JSON.parse(String($0))["event_id"]?.string ?? "" }
            let acknowledged = (0..<bundles).flatMap { number in (0..<5).map { "\(worker)-\(number)-\($0)" } }
            #expect(Set(lines).count == lines.count)
            // The last bundle may have arrived without anybody having been told.
            #expect(Set(acknowledged).subtracting(lines) == [] && lines.count - acknowledged.count <= 5)
            #expect(bundles > 50)
        }
        #expect(try target.leviathan("journal", "verify").succeeded)
    }
}
