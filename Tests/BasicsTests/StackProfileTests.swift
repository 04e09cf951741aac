import Basics
import Glibc
import Testing

@Suite(.serialized) struct StackProfileTests {
    @inline(never) private func compute(_ rounds: Int) -> UInt64 {
        var value: UInt64 = 1
        for round in 0..<rounds { value = value &* 6_364_136_223_846_793_005 &+ UInt64(round) }
        return value
    }

    @Test func whatComputesIsSeen() throws {
        var sum: UInt64 = 0
        let text = try StackProfile.take {
            // As long as it takes: a machine under load gives little time.
            let start = Cputime.now
            while Cputime.now - start < 0.4 { sum &+= compute(1_000_000) }
        }
        #expect(sum != 1)
        let lines = text.split(separator: "\n")
        #expect(!lines.isEmpty)
        let counted = lines.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
        #expect(counted > 5, "\(text.prefix(2000))")
    }

    @Test func oneAtATime() throws {
        var failure: StackProfile.Failure?
        _ = try StackProfile.take {
            do throws(StackProfile.Failure) { _ = try StackProfile.take {} } catch { failure = error }
        }
        #expect(failure == .busy)
    }
}

/// The processor time of this process, in seconds.
private enum Cputime {
    static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
