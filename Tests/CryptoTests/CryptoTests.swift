import Basics
import Crypto
import Processes
import Secrets
import TestSupport
import Testing

@Suite struct CryptoTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func digestsKnownTexts(text: String, hex: String) {
        #expect(SHA256.digest(of: text).hex == hex)
    }

    /// The name that git gives to an empty file.
    @Test func digestsAsGitDoes() {
        let name = SHA1.digest(of: Array("blob 0\0".utf8))
        #expect(Hex.encode(name) == "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391")
    }

    @Test func digestsPieceByPiece() {
        var hash = SHA256()
        for _ in 0..<1000 { hash.update([UInt8](repeating: 0x61, count: 1000)) }
        #expect(hash.finalize().hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test(
        arguments: [([], ""), ([0xFB], "-w"), ([0xFB, 0xFF], "-_8"), ([1, 2, 3], "AQID")] as [([UInt8], String)])
    func encodesForURLs(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
    }

    @Test(arguments: [["genrsa", "-traditional"], ["genpkey", "-algorithm", "RSA"]])
    func signsWhatOpenSSLVerifies(making: [String]) throws {
        let directory = try TemporaryDirectory()
        let pem = try run("openssl", making + (making[0] == "genrsa" ? ["2048"] : []), in: directory)
        try directory.write("key.pem", pem)
        try run("openssl", ["pkey", "-in", "key.pem", "-pubout", "-out", "public.pem"], in: directory)
        let signature = try RS256.sign(Array("message".utf8), privateKey: Secret(pem))
        try directory.write("message", "message")
        try FileSystem.write(signature, to: directory.path + "/signature")
        let arguments = ["dgst", "-sha256", "-verify", "public.pem", "-signature", "signature", "message"]
        #expect(try run("openssl", arguments, in: directory) == "Verified OK\n")
    }

    @Test(arguments: ["", "A", "AQI", "AQID", "-_8", "AR", "AQI=", "A QI", "AQJ", "+w", "é"])
    func decodesOnlyWhatItEncodes(_ text: String) {
        let bytes = Base64URL.decode(text)
        #expect(bytes.map { Base64URL.encode($0) == text } ?? !["", "AQI", "AQID", "-_8"].contains(text))
    }

    /// RFC 7515, appendix A.3.
    @Test func holdsASignatureOnP256AgainstItsKey() throws {
        let x = try #require(Base64URL.decode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
        let y = try #require(Base64URL.decode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
        let message =
            "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
            + "cnVlfQ"
        let signature = try #require(
            Base64URL.decode(
                "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"))
        let key = try #require(PublicKey.p256(checked: x, y))
        #expect(key.isSigned(Array(message.utf8), by: signature))
        #expect(!key.isSigned(Array((message + "x").utf8), by: signature))
        for place in [0, 31, 32, 63] {
            var other = signature
            other[place] ^= 1
            #expect(!key.isSigned(Array(message.utf8), by: other))
        }
        for other in [[], Array(signature.dropLast()), [UInt8](repeating: 0, count: 64), signature + [0]] {
            #expect(!key.isSigned(Array(message.utf8), by: other))
        }
        // A point that is not on the curve is no key.
        #expect(PublicKey.p256(checked: x, x)?.isSigned(Array(message.utf8), by: signature) == false)
        #expect(PublicKey.p256(checked: [0] + x, y) == nil)
    }

    @Test func holdsAnRSASignatureAgainstItsKey() throws {
        let directory = try TemporaryDirectory()
        let pem = try run("openssl", ["genrsa", "2048"], in: directory)
        try directory.write("key.pem", pem)
        let text = try run("openssl", ["rsa", "-in", "key.pem", "-noout", "-modulus"], in: directory)
        let modulus = try #require(Hex.decode(text.dropFirst("Modulus=".count).trimmingSuffix()))
        let key = try #require(PublicKey.rsa(checked: modulus, [1, 0, 1]))
        let message = Array("message".utf8)
        let signature = try RS256.sign(message, privateKey: Secret(pem))
        #expect(key.isSigned(message, by: signature) && !key.isSigned(message + [0], by: signature))
        #expect(!key.isSigned(message, by: [0] + signature) && !key.isSigned(message, by: []))
        #expect(PublicKey.rsa(checked: [0] + modulus, [0, 1, 0, 1]) == key)
        for (modulus, exponent) in [
            (Array(modulus.dropLast()), [1, 0, 1]), (modulus, [1]), (modulus, [2]), (modulus, []),
            (modulus, [1, 0, 0, 0, 1]),
        ] as [([UInt8], [UInt8])] {
            #expect(PublicKey.rsa(checked: modulus, exponent) == nil)
        }
    }

    @Test func neverShowsABadKey() {
        #expect {
            try RS256.sign(
                [1], privateKey: Secret("-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"))
        } throws: { !"\($0)".contains("hunter2") && "\($0)".contains("cannot be read") }
    }

    @discardableResult
    private func run(_ name: String, _ arguments: [String], in directory: TemporaryDirectory) throws -> String {
        var program = Subprocess(name, arguments, environment: ["PATH": "/usr/bin:/bin", "HOME": directory.path])
        program.workingDirectory = directory.path
        return try program.run().output.text
    }
}

extension Substring {
    fileprivate func trimmingSuffix() -> String { String(prefix { $0.isHexDigit }) }
}
