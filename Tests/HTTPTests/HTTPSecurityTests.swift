import Basics
import Glibc
import HTTP
import Secrets
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(60))) struct HTTPSecurityTests {
    private static let libraries = ["libcurl.so.4", "libcurl-gnutls.so.4"]

    private func client(_ library: String, caBundle: String?) -> HTTPClient {
        HTTPClient(
            userAgent: "test", retry: .never, caBundle: caBundle,
            libraryNames: [library] + HTTPSecurityTests.libraries + ["libcurl.4.dylib"])
    }

    @Test(arguments: libraries) func trustsTheGivenBundle(library: String) throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory)
        let server = try HTTPTestServer { .text($0.target + $0.text) }
        let front = try TLSTestFront(certificate, backend: server.port)
        let client = client(library, caBundle: certificate.certificatePath)
        let response = try client.send(HTTPRequest(.post, front.url + "/a", body: [UInt8]("body")))
        #expect(response.text == "/abody")
        #expect(response.timings.secured > .zero)
        #expect(try client.send(HTTPRequest(.get, "https://127.0.0.1:\(front.port)/b")).text == "/b")
    }

    @Test(arguments: libraries) func refusesAnUnknownIssuer(library: String) throws {
        let directory = try TemporaryDirectory()
        let server = try HTTPTestServer { _ in .text("never") }
        let front = try TLSTestFront(try TestCertificate(in: directory), backend: server.port)
        let other = try TestCertificate(in: directory, host: "other.test")
        for bundle in [nil, other.certificatePath] {
            let request = HTTPRequest(.get, front.url, authorization: .bearer(Secret("hush")))
            let error = try #require(failure(request, client(library, caBundle: bundle)))
            #expect(error.problem == .tls(.unknownIssuer))
            #expect(!error.mayHaveActed)
            #expect(error.hint?.contains("CA bundle") == true)
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: libraries) func refusesAnotherHostsCertificate(library: String) throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory, host: "other.test")
        let server = try HTTPTestServer { _ in .text("never") }
        let front = try TLSTestFront(certificate, backend: server.port)
        for url in [front.url, "https://127.0.0.1:\(front.port)/"] {
            let client = client(library, caBundle: certificate.certificatePath)
            let error = try #require(failure(HTTPRequest(.get, url), client))
            #expect(error.problem == .tls(.hostMismatch))
            #expect(!error.mayHaveActed)
        }
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: libraries) func refusesAnExpiredCertificate(library: String) throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory, expired: true)
        let server = try HTTPTestServer { _ in .text("never") }
        let front = try TLSTestFront(certificate, backend: server.port)
        let client = client(library, caBundle: certificate.certificatePath)
        let error = try #require(failure(HTTPRequest(.get, front.url), client))
        #expect(error.problem == .tls(.certificateExpired))
        #expect(!error.mayHaveActed)
        #expect(server.requests.isEmpty)
    }

    @Test(arguments: libraries) func saysThatABundleCannotBeRead(library: String) throws {
        let directory = try TemporaryDirectory()
        let server = try HTTPTestServer { _ in .text("never") }
        let front = try TLSTestFront(try TestCertificate(in: directory), backend: server.port)
        let missing = directory.path + "/missing.pem"
        let error = try #require(failure(HTTPRequest(.get, front.url), client(library, caBundle: missing)))
        #expect(error.problem == .tls(.unusableCABundle(path: missing)))
    }

    @Test(arguments: libraries) func refusesAServerThatSpeaksNoTLS(library: String) throws {
        let server = try HTTPTestServer(onConnect: { _ in .raw("HTTP/1.1 200 OK\r\n\r\n") }) { _ in .text("never")
        }
        let error = try #require(
            failure(HTTPRequest(.post, "https://127.0.0.1:\(server.port)/"), client(library, caBundle: nil)))
        guard case .tls(.handshake) = error.problem else {
            Issue.record("\(error.problem)")
            return
        }
        #expect(!error.mayHaveActed)
    }

    @Test func leavesCredentialsBehindWhenTLSIsLost() throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory)
        let plain = try HTTPTestServer { _ in .text("plain") }
        let location = "http://localhost:\(plain.port)/"
        let server = try HTTPTestServer { _ in .redirect(302, to: location) }
        let front = try TLSTestFront(certificate, backend: server.port)
        let response = try plainClient(caBundle: certificate.certificatePath).send(
            HTTPRequest(.get, front.url, authorization: .bearer(Secret("hush"))))
        #expect(response.text == "plain")
        #expect(server.requests.first?.header("Authorization") == "Bearer hush")
        #expect(plain.requests.first?.header("Authorization") == nil)
    }

    @Test func reusesASecureConnection() throws {
        let directory = try TemporaryDirectory()
        let certificate = try TestCertificate(in: directory)
        let server = try HTTPTestServer { _ in .text("ok") }
        let front = try TLSTestFront(certificate, backend: server.port)
        let client = plainClient(caBundle: certificate.certificatePath)
        #expect(try !client.send(HTTPRequest(.get, front.url)).timings.reusedConnection)
        #expect(try client.send(HTTPRequest(.get, front.url)).timings.reusedConnection)
    }
}
