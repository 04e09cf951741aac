internal import Basics
internal import Crypto
internal import HTTP
internal import HTTPServer
internal import Pages

/// What pages need besides themselves: named by its content, so that a browser may keep it for ever.
enum Assets {
    struct Asset: Sendable {
        let name: String
        let type: String
        let bytes: [UInt8]

        init(_ stem: String, _ ending: String, type: String, _ text: String) {
            bytes = Array(text.utf8)
            name = "\(stem)-\(SHA256.digest(of: bytes).hex.prefix(12)).\(ending)"
            self.type = type
        }

        var address: String { "/assets/" + name }
    }

    static let style = Asset("style", "css", type: "text/css; charset=utf-8", StyleSheet.text)
    static let script = Asset("console", "js", type: "text/javascript; charset=utf-8", ConsoleScript.text)
    static let icon = Asset(
        "icon", "svg", type: "image/svg+xml",
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#0550ae"/>
        <path d="M4 3v9h8" fill="none" stroke="#fff" stroke-width="2.5"/></svg>
        """)

    static func response(_ name: String, _ request: ServerRequest) -> ServerResponse {
        guard let asset = [style, script, icon].first(where: { $0.name == name }) else {
            return ServerResponse(
                404, headers: ["Content-Type": "text/plain; charset=utf-8"], text: "no such asset\n")
        }
        return ServerResponse(
            200, headers: ["Content-Type": asset.type, "Cache-Control": "public, max-age=31536000, immutable"],
            body: .bytes(asset.bytes))
    }
}

/// Keeps a page as it would be if it were loaded now.
///
/// Everything works without it.
enum ConsoleScript {
    static let text = #"""
        "use strict";
        (() => {
          const stale = document.getElementById("stale");
          const search = document.getElementById("q");
          let waiting = 0;

          // What changed on the server replaces what stands here, but for what somebody is using.
          async function refresh() {
            waiting = 0;
            const answer = await fetch(location.href, {headers: {"Accept": "text/html", "X-Refresh": "1"}, cache: "no-store"});
            if (!answer.ok) { stale.hidden = false; return; }
            const page = new DOMParser().parseFromString(await answer.text(), "text/html");
            for (const section of page.querySelectorAll("main > section")) {
              const name = section.getAttribute("aria-labelledby");
              const here = document.querySelector(`main > section[aria-labelledby="${CSS.escape(name)}"]`);
              if (!here) { document.querySelector("main").append(section); continue; }
              const used = here.contains(document.activeElement) || here.querySelector("details[open]") || here.querySelector("form");
              if (!used && here.innerHTML !== section.innerHTML) here.innerHTML = section.innerHTML;
            }
            lookAgain(page.getElementById("stale"));
          }

          // What was not read yet when the page was made is there in a moment.
          function lookAgain(notice) { if (notice.dataset.again) setTimeout(later, Number(notice.dataset.again)); }

          function later() { if (!waiting) waiting = setTimeout(() => refresh().catch(() => { stale.hidden = false; }), 100); }

          // Ages grow by themselves.
          function age(seconds) {
            const size = Math.abs(seconds), suffix = seconds < 0 ? "from now" : "ago";
            if (size < 5) return "now";
            if (size < 90) return `${Math.round(size)} s ${suffix}`;
            if (size < 5400) return `${Math.round(size / 60)} min ${suffix}`;
            if (size < 172800) return `${Math.round(size / 3600)} h ${suffix}`;
            return `${Math.round(size / 86400)} days ${suffix}`;
          }
          setInterval(() => {
            if (document.visibilityState !== "visible") return;
            for (const time of document.querySelectorAll("time")) time.textContent = age((Date.now() - Date.parse(time.dateTime)) / 1000);
          }, 30000);

          lookAgain(stale);
          if (search) {
            addEventListener("keydown", event => {
              const typing = event.target.closest("input, textarea, select");
              if (event.key === "/" && !typing) { event.preventDefault(); search.focus(); }
            });
            const stream = new EventSource("/v1/events/stream");
            stream.onopen = () => { if (!stale.hidden) { stale.hidden = true; later(); } };
            stream.onerror = () => { stale.hidden = false; };
            stream.addEventListener("resync", later);
            // Types are many, and every one may change what is shown: names come from the page that knows them all.
            for (const type of stale.dataset.events.split(" ")) stream.addEventListener(type, later);
            stream.onmessage = later;
            addEventListener("pagehide", () => stream.close());
          }
        })();

        """#
}
