import Basics
import ObjectStorage
import Secrets
import Testing

/// The examples that Amazon publishes with the answers that they have to have.
@Suite struct S3SignatureTests {
    private static let now = Instant("2013-05-24T00:00:00Z")!
    private let signature = S3Signature(
        S3Signature.Credentials(
            keyID: "AKIAIOSFODNN7EXAMPLE", secret: Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")),
        region: "us-east-1")

    private func request(_ method: String, _ path: String, content: String = S3Signature.emptyContent)
        -> S3Signature.Request
    { S3Signature.Request(method, host: "examplebucket.s3.amazonaws.com", path: path, content: content) }

    private func signed(_ request: S3Signature.Request) -> String {
        let headers = signature.headers(for: request, at: Self.now)
        return headers.first { $0.name == "Authorization" }?.value.split(separator: "=").last.map(String.init)
            ?? ""
    }

    @Test func aPartOfAnObject() {
        var get = request("GET", "/test.txt")
        get.headers = [("range", "bytes=0-9")]
        #expect(signed(get) == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41")
    }

    @Test func anObjectWithASignThatIsEscaped() {
        var put = request(
            "PUT", "/test$file.text", content: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
        put.headers = [("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")]
        #expect(signed(put) == "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd")
    }

    @Test func queriesWithAndWithoutValues() {
        var lifecycle = request("GET", "/")
        lifecycle.query = [("lifecycle", "")]
        #expect(signed(lifecycle) == "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")
        var list = request("GET", "/")
        list.query = [("prefix", "J"), ("max-keys", "2")]
        #expect(signed(list) == "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")
    }

    @Test func aLinkForADay() {
        let query = signature.query(for: request("GET", "/test.txt"), at: Self.now, seconds: 86_400)
        #expect(
            query.last?.value == "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    /// The first of the vectors for all services.
    @Test func anotherService() {
        let other = S3Signature(
            S3Signature.Credentials(
                keyID: "AKIDEXAMPLE", secret: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")),
            region: "us-east-1", service: "service")
        let vanilla = S3Signature.Request(
            "GET", host: "example.amazonaws.com", path: "/", content: S3Signature.emptyContent)
        let headers = other.headers(for: vanilla, at: Instant("2015-08-30T12:36:00Z")!)
        #expect(
            headers.last?.value
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
                + "SignedHeaders=host;x-amz-date,"
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    @Test func theEnvironmentSaysWhereAndWhoOrIsRefused() throws {
        let keys = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
        let bucket = ["LEVIATHAN_ARTIFACT_BACKEND": "s3", "LEVIATHAN_ARTIFACT_S3_BUCKET": "things"]
        #expect(try S3Settings([:]) == nil)
        #expect(try S3Settings(["LEVIATHAN_ARTIFACT_BACKEND": "file"]) == nil)
        let full = bucket.merging(keys) { $1 }
        #expect(try S3Settings(full)?.bucket == "things")
        for wrong in [
            ["LEVIATHAN_ARTIFACT_BACKEND": "tape"], ["LEVIATHAN_ARTIFACT_BACKEND": "s3"], bucket,
            full.merging(["LEVIATHAN_ARTIFACT_S3_BUCKET": "Not/One"]) { $1 },
            full.merging(["AWS_ENDPOINT_URL_S3": "ftp://host"]) { $1 },
        ] { #expect(throws: S3Settings.Mistake.self) { try S3Settings(wrong) } }
        #expect(try S3Settings(full.merging(["LEVIATHAN_ARTIFACT_S3_PREFIX": "/a/../b"]) { $1 })?.prefix == "a/b/")
    }
}
