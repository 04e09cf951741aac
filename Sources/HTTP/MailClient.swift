package import Basics
internal import CCurl
package import Secrets

/// A server that takes mail.
package struct MailServer: Sendable {
    /// `smtps://host` or `smtp://host:port`; the latter is upgraded to TLS where the server can.
    package var url: String
    package var user: String?
    package var password: Secret?

    package init(url: String, user: String? = nil, password: Secret? = nil) {
        (self.url, self.user, self.password) = (url, user, password)
    }

    /// A password goes over no wire that others can read; this machine's own aside.
    var demandsTLS: Bool {
        guard password != nil else { return false }
        let host = url.split(separator: "/").dropFirst().first ?? ""
        return !["localhost", "127.0.0.1", "[::1]"].contains { host == $0 || host.hasPrefix($0 + ":") }
    }
}

/// Why a mail could not be handed over.
package struct MailError: ExplainedError, Equatable {
    package let message: String
    package let causes: [String]
    package let hint: String?
}

/// Hands mails to a server over SMTP.
package struct MailClient: Sendable {
    private let libraryNames: [String]

    package init() { libraryNames = CurlLibrary.systemNames }

    /// Returns when the server has taken the mail, and nothing less.
    package func send(
        _ mail: [UInt8], from sender: String, to recipients: [String], via server: MailServer,
        timeout: Duration = .seconds(20), _ cancellation: Cancellation? = nil
    ) throws(MailError) {
        let library: CurlLibrary
        do throws(HTTPFailure) { library = try CurlLibrary.load(libraryNames) } catch {
            throw MailError(message: "cannot send mail", causes: [error.problem.text], hint: "install libcurl")
        }
        let transfer = MailTransfer(library, mail)
        let code = transfer.run(sender, recipients, server, timeout, cancellation)
        guard code != CURLE_OK else { return }
        let reason = Redaction.printable(String(cString: ccurl_easy_text(library.functions, code)), limit: 250)
        let place = server.url.split(separator: "@").last.map(String.init) ?? ""
        throw MailError(
            message: "the mail server '\(place)' did not take the mail", causes: [reason],
            hint: "see 'notifications: {mail: …}' in config.yaml")
    }
}

/// The bytes of a mail on their way; libcurl asks for them piece by piece.
private final class MailBytes {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - place)
        bytes[place..<place + count].withUnsafeBytes { buffer.copyMemory(from: $0) }
        place += count
        return count
    }
}

/// One conversation with a mail server.
private struct MailTransfer {
    private let library: CurlLibrary
    private let bytes: MailBytes

    init(_ library: CurlLibrary, _ mail: [UInt8]) { (self.library, bytes) = (library, MailBytes(mail)) }

    func run(
        _ sender: String, _ recipients: [String], _ server: MailServer, _ timeout: Duration,
        _ cancellation: Cancellation?
    ) -> CURLcode {
        let functions = library.functions
        guard let easy = ccurl_easy_create(functions) else { return CURLE_OUT_OF_MEMORY }
        defer { ccurl_easy_destroy(functions, easy) }
        guard let multi = ccurl_multi_create(functions) else { return CURLE_OUT_OF_MEMORY }
        defer { ccurl_multi_destroy(functions, multi) }
        var list: UnsafeMutablePointer<curl_slist>?
        defer { ccurl_list_destroy(functions, list) }
        for recipient in recipients {
            guard let longer = ccurl_list_append(functions, list, "<\(recipient)>") else {
                return CURLE_OUT_OF_MEMORY
            }
            list = longer
        }
        let code = setUp(easy, sender, list, server, timeout)
        guard code == CURLE_OK else { return code }
        return withExtendedLifetime(bytes) {
            BrokenPipeShield.during { perform(easy, multi, cancellation) }
        }
    }

    private func setUp(
        _ easy: UnsafeMutableRawPointer, _ sender: String, _ list: UnsafeMutablePointer<curl_slist>?,
        _ server: MailServer, _ timeout: Duration
    ) -> CURLcode {
        let functions = library.functions
        let numbers: [(CURLoption, Int)] = [
            (CURLOPT_NOSIGNAL, 1), (CURLOPT_UPLOAD, 1), (CURLOPT_SSL_VERIFYPEER, 1), (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue)),
            (CURLOPT_USE_SSL, Int((server.demandsTLS ? CURLUSESSL_ALL : CURLUSESSL_TRY).rawValue)),
            (CURLOPT_TIMEOUT_MS, Int(max(1, timeout.milliseconds))),
        ]
        var texts: [(CURLoption, String)] = [
            (CURLOPT_URL, server.url), (CURLOPT_PROTOCOLS_STR, "smtp,smtps"), (CURLOPT_MAIL_FROM, "<\(sender)>"),
        ]
        if let user = server.user { texts.append((CURLOPT_USERNAME, user)) }
        if let password = server.password { password.reveal { texts.append((CURLOPT_PASSWORD, $0)) } }
        for (option, value) in numbers {
            let code = ccurl_set_number(functions, easy, option, value)
            if code != CURLE_OK { return code }
        }
        for (option, value) in texts {
            let code = ccurl_set_text(functions, easy, option, value)
            if code != CURLE_OK { return code }
        }
        let code = ccurl_set_list(functions, easy, CURLOPT_MAIL_RCPT, list)
        guard code == CURLE_OK else { return code }
        return ccurl_set_reader(functions, easy, Unmanaged.passUnretained(bytes).toOpaque()) {
            buffer, size, count, context in
            guard let buffer, let context else { return 0 }
            let room = UnsafeMutableRawBufferPointer(start: buffer, count: size * count)
            return Unmanaged<MailBytes>.fromOpaque(context).takeUnretainedValue().read(room)
        }
    }

    private func perform(
        _ easy: UnsafeMutableRawPointer, _ multi: UnsafeMutableRawPointer, _ cancellation: Cancellation?
    ) -> CURLcode {
        let functions = library.functions
        guard ccurl_multi_add(functions, multi, easy) == CURLM_OK else { return CURLE_FAILED_INIT }
        defer { ccurl_multi_remove(functions, multi, easy) }
        while true {
            if cancellation?.isCancelled == true { return CURLE_ABORTED_BY_CALLBACK }
            var (running, result): (Int32, CURLcode) = (0, CURLE_OK)
            guard ccurl_multi_perform(functions, multi, &running) == CURLM_OK else { return CURLE_FAILED_INIT }
            if ccurl_multi_finished(functions, multi, &result) { return result }
            ccurl_multi_wait(functions, multi, cancellation?.descriptor ?? -1, 1000)
        }
    }
}
