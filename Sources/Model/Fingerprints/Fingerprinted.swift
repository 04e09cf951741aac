package import Basics
internal import Paths

/// A value that decides a cached result or a recorded digest.
///
/// The fingerprint of a structure is an object with one member for *each* stored property, of the property's name. Only
/// where something is written (`SourcePlace`) decides nothing and is left out. The tests hold every conformance to
/// this by reflection, so that a property that somebody adds cannot be forgotten. A digest of it is the SHA-256 of the
/// canonical JSON text.
package protocol Fingerprinted {
    var fingerprint: JSON { get }
}

extension JSON {
    /// The fingerprint of a structure from its stored properties, by name.
    static func fingerprint(_ properties: KeyValuePairs<String, any Fingerprinted>) -> JSON {
        .object(properties.map { Member($0.key, $0.value.fingerprint) })
    }
}

// MARK: What structures are made of

extension Fingerprinted where Self: RawRepresentable, RawValue == String {
    package var fingerprint: JSON { .string(rawValue) }
}

extension Fingerprinted where Self: CustomStringConvertible {
    package var fingerprint: JSON { .string(description) }
}

extension String: Fingerprinted {}
extension Bool: Fingerprinted { package var fingerprint: JSON { .bool(self) } }
extension Int: Fingerprinted { package var fingerprint: JSON { .integer(self) } }
extension Double: Fingerprinted { package var fingerprint: JSON { .double(self) } }
extension JSON: Fingerprinted { package var fingerprint: JSON { self } }

extension Duration: Fingerprinted {
    package var fingerprint: JSON { .string("\(components.seconds) \(components.attoseconds)") }
}

extension Instant: Fingerprinted {}
extension ObjectID: Fingerprinted { package var fingerprint: JSON { .string(hex) } }
extension Digest: Fingerprinted { package var fingerprint: JSON { .string(hex) } }
extension RepoPath: Fingerprinted { package var fingerprint: JSON { .array(bytes.map { .integer(Int($0)) }) } }
extension PathPattern: Fingerprinted { package var fingerprint: JSON { .string(text) } }

/// In a list of its own, so that nothing is told from something that looks like nothing.
extension Optional: Fingerprinted where Wrapped: Fingerprinted {
    package var fingerprint: JSON { map { .array([$0.fingerprint]) } ?? .null }
}

extension Array: Fingerprinted where Element: Fingerprinted {
    package var fingerprint: JSON { .array(map(\.fingerprint)) }
}

/// In an order that does not depend on chance.
extension Set: Fingerprinted where Element: Fingerprinted {
    package var fingerprint: JSON {
        let members = map { (text: $0.fingerprint.text(.canonical), fingerprint: $0.fingerprint) }
        return .array(members.sorted { $0.text < $1.text }.map(\.fingerprint))
    }
}

extension Dictionary: Fingerprinted where Key == String, Value: Fingerprinted {
    package var fingerprint: JSON {
        .object(sorted { $0.key < $1.key }.map { JSON.Member($0.key, $0.value.fingerprint) })
    }
}
