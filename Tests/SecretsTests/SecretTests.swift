import Secrets
import Testing

@Suite struct SecretTests {
    @Test func aSecretCannotBePrinted() {
        let secret = Secret("hunter2")
        var dumped = ""
        dump([secret], to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
        #expect(secret.reveal { $0 } == "hunter2")
    }
}
