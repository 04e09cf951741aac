import HTTP
import Testing

@Suite struct URLBuilderTests {
    @Test func putsPartsTogether() throws {
        let url = try URLBuilder("https://host/api/v4/").path("projects", "group/name", "é ü?#%&")
            .query("state", "open").query("left", nil).query("q", "a b&c=d+é/").query("page", 2).url
        #expect(
            url == "https://host/api/v4/projects/group%2Fname/%C3%A9%20%C3%BC%3F%23%25%26"
                + "?state=open&q=a%20b%26c%3Dd%2B%C3%A9%2F&page=2")
    }

    @Test func keepsTheBasesQuery() throws {
        #expect(try URLBuilder("http://host/a?b=c#d").path("e").query("f", "g").url == "http://host/a/e?b=c&f=g")
        #expect(URLBuilder("http://host").url == "http://host")
    }

    @Test(arguments: ["", ".", ".."])
    func refusesSteps(segment: String) {
        #expect(throws: URLBuilderError.self) { try URLBuilder("http://host").path("a", segment) }
    }

    @Test func encodesEveryByteAndBack() throws {
        let text = String(decoding: (0...127).map { UInt8($0) }, as: UTF8.self) + "é漢🎉"
        let encoded = PercentEncoding.encode(text)
        #expect(encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        #expect(PercentEncoding.decode(encoded) == text)
        #expect(PercentEncoding.encode("aZ09-._~") == "aZ09-._~")
    }

    @Test(arguments: ["%", "%4", "%zz", "%FF", "a%c3"])
    func refusesToDecode(text: String) { #expect(PercentEncoding.decode(text) == nil) }

    @Test func findsHeadersInAnyCase() {
        var headers: HTTPHeaders = ["Accept": "a", "X-One": "1", "ACCEPT": "b"]
        #expect(headers["accept"] == "a")
        #expect(headers.values("Accept") == ["a", "b"])
        headers["accept"] = "c"
        #expect(headers.map(\.name) == ["X-One", "accept"])
        headers["X-ONE"] = nil
        #expect(headers == ["accept": "c"])
    }
}
