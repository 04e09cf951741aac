internal import CLinux

/// Extended attributes of open files, by descriptor: no path is looked up, and so no symlink followed.
package enum FileAttributes {
    private static let limit = 256

    /// The value; `nil` where the file has no such attribute, or none that is short.
    package static func value(_ name: String, of descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = clinux_attribute(descriptor, name, &bytes, limit)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// Whether the attribute could be set.
    package static func set(_ name: String, to value: [UInt8], of descriptor: Int32) -> Bool {
        clinux_set_attribute(descriptor, name, value, value.count) == 0
    }
}
