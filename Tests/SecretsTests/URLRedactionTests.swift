import Secrets
import Testing

@Suite struct URLRedactionTests {
    @Test(arguments: [
        ("https://u:p@h/x?a=1", "https://h/x?a=1"),
        ("see https://h/?token=abc&a=b.", "see https://h/?token=***&a=b."),
        ("https://h/p?X-Amz-Signature=00ff&X-Amz-Date=1", "https://h/p?X-Amz-Signature=***&X-Amz-Date=1"),
        ("<https://h/c?sv=1&sig=a%2Bb%3D>", "<https://h/c?sv=1&sig=***>"),
        ("https://h/cb#access_token=abc&state=1", "https://h/cb#access_token=***&state=1"),
        ("https://h/?key=name&code=python", "https://h/?key=name&code=python"),
        ("https://h/?key=a8Kd82hHs82kL0sPq", "https://h/?key=***"),
        ("https://h/?u=https://u:p@i/?password=x&b=2", "https://h/?u=https://i/?password=***&b=2"),
        ("what? token=abc & more", "what? token=abc & more"), ("https://h/?token= x", "https://h/?token= x"),
        ("(https://h/?token=abc)", "(https://h/?token=***)"), ("", ""), ("://", "://"),
    ]) func takesOutWhatIsSecret(text: String, shown: String) {
        #expect(URLRedaction.redact(text) == shown)
        #expect(URLRedaction.redact(shown) == shown)
    }

    @Test func knowsAURLThatCarriesCredentials() {
        #expect(URLRedaction.hasCredentials("https://h/?private_token=x"))
        #expect(!URLRedaction.hasCredentials("https://h/?page=2"))
    }
}
