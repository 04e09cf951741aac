package import Basics

/// Amounts of money as whole millionths of a dollar, so that sums are exact.
package enum Money {
    /// Rounded up: nobody spends less than is counted.
    package static func millionths(_ dollars: Double) -> Int {
        guard dollars.isFinite, dollars > 0 else { return 0 }
        return Int(min((dollars * 1_000_000).rounded(.up), 1e15))
    }

    /// Such as `$1.5000`.
    package static func text(_ millionths: Int) -> String {
        let parts = (millionths + 50) / 100
        let fraction = String(parts % 10_000)
        return "$\(parts / 10_000)." + String(repeating: "0", count: 4 - fraction.count) + fraction
    }

    package static func json(_ millionths: Int) -> JSON { .double(Double(millionths) / 1_000_000) }
}
