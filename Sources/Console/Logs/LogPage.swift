internal import API
internal import Basics
internal import Pages

/// A log, a page of it at a time, with what is searched for marked.
struct LogPage {
    private let attempt: String
    private let digest: String
    private let call: ConsoleCall
    private let name: String
    private let log: LogFile

    init(_ attempt: String, _ digest: String, _ call: ConsoleCall) throws(ConsoleProblem) {
        (self.attempt, self.digest, self.call) = (attempt, digest, call)
        let found = try call.inquiry.get("/v1/attempts/" + Address.segment(attempt))
        let kept = found["artifacts"]?.elements?.first { $0["sha256"]?.string == digest }
        let run = found["invariants"]?.elements?.first { $0["log"]?.string == digest }
        guard kept != nil || run != nil else { throw .missing }
        name = run?["name"]?.string ?? kept?["name"]?.string ?? "log"
        log = LogFile(try call.inquiry.content("/v1/artifacts/" + Address.segment(digest)))
    }

    private var address: String { "/attempts/\(Address.segment(attempt))/logs/\(digest)" }
    private var words: String { (call.form["q"] ?? "").trimmed }

    func page() throws(ConsoleProblem) -> ConsolePage {
        var page = ConsolePage("Log of \(name)", at: "/attempts")
        let small = words.utf8.map(LogSearch.small)
        var start = max(0, call.form["at"].flatMap { Int($0) } ?? 0)
        var told = Markup()
        if call.form["at"] == "end" { start = try log.start(ofPageBefore: log.size) }
        if let from = call.form["from"].flatMap({ Int($0) }), !small.isEmpty {
            if let found = try log.line(holding: small, from: from) {
                start = found
            } else {
                told = "<p role=\"status\">Nothing \(from > 0 ? "more " : "")holds “\(words)”.</p>\n"
                start = from
            }
        }
        let window = try log.window(at: start)
        page.add("Find", id: "find", told + search)
        let bytes = try log.read(window.lowerBound, window.count)
        page.add("What was written", id: "log", text(bytes, small) + (try links(window, bytes)))
        return page
    }

    private var search: Markup {
        """
        <form action="\(address)" method="get"><input type="hidden" name="from" value="0">
        <label for="words">Words in it</label> <input id="words" name="q" maxlength="200" value="\(words)"> <button>Find</button></form>
        <p>Of \(Show.attempt(attempt)); <a href="/v1/artifacts/\(digest)" download>the whole file</a>, \(SizeText.text(log.size))</p>
        """
    }

    private func text(_ bytes: [UInt8], _ words: [UInt8]) -> Markup {
        var bytes = bytes
        guard !bytes.isEmpty else { return Piece.nothing("Nothing was written.") }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        var terminal = TerminalText()
        return
            "<pre class=\"log\" tabindex=\"0\" role=\"region\" aria-label=\"The log\">\(terminal.markup(bytes, marking: words))</pre>\n"
    }

    private func links(_ window: Range<Int>, _ bytes: [UInt8]) throws(ConsoleProblem) -> Markup {
        let query = words.isEmpty ? [] : [("q", words)]
        func link(_ title: String, _ place: (String, String)) -> Markup {
            .link("\(title)", to: Address.of(address, query + [place])) + " "
        }
        var links = Markup()
        if window.lowerBound > 0 {
            links += link("First", ("at", "0"))
            links += link("Before", ("at", "\(try log.start(ofPageBefore: window.lowerBound))"))
        }
        if window.upperBound < log.size {
            links += link("After", ("at", "\(window.upperBound)"))
            links += link("Last", ("at", "end"))
        }
        if !words.isEmpty {
            let next = bytes.firstIndex(of: UInt8(ascii: "\n"))
            links += link("Next match", ("from", "\(window.lowerBound + (next.map { $0 + 1 } ?? window.count))"))
        }
        let part = log.size == 0 ? 100 : window.upperBound * 100 / log.size
        return "<p class=\"actions\">\(links)<span class=\"quiet\">up to \(part) % of it</span></p>"
    }
}
