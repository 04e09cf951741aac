/// The few looks that output has; the raw value is the terminal's code.
package enum TextStyle: Int, CaseIterable, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case cyan = 36
}
