/// Comparisons that take as long whatever the values are.
package enum ConstantTime {
    /// Digests are compared, so that the length tells nothing either.
    package static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
