import Basics
import Testing

@Suite struct MonotonicTimeTests {
    @Test func goesForward() {
        let first = MonotonicTime.now
        let second = MonotonicTime.now
        #expect(first <= second && second - first >= .zero)
        #expect(first + .seconds(2) > first && (first + .seconds(2)) - first == .seconds(2))
        #expect((first + .milliseconds(-5)) - first == .milliseconds(-5))
    }

    @Test func reachesNoMomentThatIsTooFarToCount() {
        #expect(MonotonicTime.now + .seconds(Int64.max) > MonotonicTime.now + .seconds(1_000_000_000))
        #expect(MonotonicTime.now + .seconds(Int64.min) < MonotonicTime.now)
    }

    @Test func positionsBeyondFourGigabytesStopThere() {
        let place = SourcePosition(offset: 1 << 40, line: 3, column: -1)
        #expect(place.offset == Int(UInt32.max) && place.line == 3 && place.column == 0)
    }
}
