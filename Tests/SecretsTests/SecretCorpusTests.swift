import SecretCorpus
import Secrets
import Testing

/// Detection, measured: `scripts/compare-secrets` holds another scanner against the same lines.
@Suite struct SecretCorpusTests {
    private static func isFound(_ sample: SecretSample) -> Bool {
        !SecretScan.findings(in: Array(sample.text.utf8), extent: [.assignments, .connections]).isEmpty
    }

    @Test func findsNinetyEightOfAHundred() {
        let samples = SecretCorpus.positives()
        #expect(samples.count == 1000 && Set(samples.map(\.kind)).count == 30)
        let missed = samples.filter { !Self.isFound($0) }
        #expect(missed.count <= 20, "\(missed.map(\.text))")
    }

    @Test func takesNoLookAlikeForASecret() {
        let samples = SecretCorpus.lookAlikes() + SecretCorpus.heldOutLookAlikes()
        #expect(samples.count == 6300)
        let wrong = samples.filter(Self.isFound)
        #expect(wrong.isEmpty, "\(wrong.map(\.text))")
    }

    @Test func findsMostOfFormatsThatItWasNotMadeFor() {
        let samples = SecretCorpus.heldOutPositives()
        #expect(samples.count == 700 && Set(samples.map(\.kind)).count == 35)
        let missed = samples.filter { !Self.isFound($0) }
        #expect(missed.count <= 90, "\(missed.map(\.text))")
    }

    /// The whole credential is named, so that nothing of it is left where it is taken out.
    @Test func whatIsFoundIsTheWholeCredential() {
        for sample in SecretCorpus.positives() where sample.kind.hasSuffix("token") {
            let bytes = Array(sample.text.utf8)
            let found = SecretScan.findings(in: bytes, extent: [.assignments, .connections])
            // A hyphen at the end belongs to the sentence around it more often than to a token.
            var secret = Array(sample.secret.utf8)[...]
            while secret.last == UInt8(ascii: "-") { secret = secret.dropLast() }
            #expect(found.count == 1 && bytes[found[0].range].starts(with: secret), "\(sample.text)")
        }
    }
}
