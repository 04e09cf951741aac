/// A certificate made by the `openssl` program, which vouches for itself.
package struct TestCertificate: Sendable {
    package let certificatePath: String
    package let keyPath: String

    package init(in directory: TemporaryDirectory, host: String = "localhost", expired: Bool = false) throws {
        let base = directory.path + "/" + host + (expired ? "-expired" : "")
        (certificatePath, keyPath) = (base + ".pem", base + ".key")
        let address = host == "localhost" ? ",IP:127.0.0.1" : ""
        let names = "subjectAltName=DNS:\(host)\(address)"
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyPath]
        let subject = ["-subj", "/CN=\(host)", "-addext", names]
        if !expired {
            _ = try Self.openssl(["req", "-x509", "-days", "2", "-out", certificatePath] + key + subject)
            return
        }
        let request = base + ".csr"
        _ = try Self.openssl(["req", "-new", "-out", request] + key + subject)
        let settings = try directory.write(
            host + ".cnf",
            """
            [ca]
            default_ca = own
            [own]
            database = \(base).index
            rand_serial = yes
            new_certs_dir = \(directory.path)
            default_md = sha256
            policy = any
            copy_extensions = copy
            [any]
            commonName = supplied

            """)
        try directory.write(host + "-expired.index", "")
        _ = try Self.openssl([
            "ca", "-batch", "-selfsign", "-config", settings, "-keyfile", keyPath, "-in", request, "-out",
            certificatePath, "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-notext",
        ])
    }

    private static func openssl(_ arguments: [String]) throws -> String {
        // Its progress goes to standard error, which says nothing to whoever reads the tests' output.
        try BackgroundProgram.run(["sh", "-c", "exec openssl \"$@\" 2>&1", "openssl"] + arguments)
    }
}

/// Speaks TLS on a free loopback port and passes what it hears on to a plain one.
package final class TLSTestFront: Sendable {
    package let port: Int
    private let program: BackgroundProgram

    package init(_ certificate: TestCertificate, backend: Int) throws {
        program = try BackgroundProgram([
            "python3", "-c", Self.script, certificate.certificatePath, certificate.keyPath, String(backend),
        ])
        guard let port = program.readLine().flatMap({ Int($0) }) else {
            throw TestProgramFailure(arguments: ["python3"], output: [])
        }
        self.port = port
    }

    /// With the name that the usual certificate is for.
    package var url: String { "https://localhost:\(port)" }

    private static let script = """
        import os, socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        print(listener.getsockname()[1], flush=True)

        def end_with_the_test():
            sys.stdin.read()
            os._exit(0)

        def carry(source, target):
            try:
                while data := source.recv(65536):
                    target.sendall(data)
            except OSError:
                pass
            for end in (source, target):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

        def serve(client):
            try:
                secure = context.wrap_socket(client, server_side=True)
            except OSError:
                return
            plain = socket.create_connection(("127.0.0.1", int(sys.argv[3])))
            threading.Thread(target=carry, args=(secure, plain), daemon=True).start()
            carry(plain, secure)

        threading.Thread(target=end_with_the_test, daemon=True).start()
        while True:
            client, _ = listener.accept()
            threading.Thread(target=serve, args=(client,), daemon=True).start()
        """
}
