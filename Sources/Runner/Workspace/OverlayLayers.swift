internal import Basics
internal import Git
internal import Model
internal import Workspaces

/// The layers below whatever is written in an overlay, the uppermost first.
///
/// What a set-up made on a tree lies above it; what it made of lock files alone lies below, and hides nothing.
final class OverlayLayers: Sendable {
    let paths: [String]
    /// Kept from being removed while anything stands on it.
    private let result: SetupResult?

    /// `files`: the layers that make the tree.
    init(_ setUp: SetUp?, in store: SetupStore, above files: [String]) throws {
        guard let setUp else {
            paths = files
            result = nil
            return
        }
        let made = try setUp.result(in: store, above: files)
        paths = setUp.form == .directory ? files + [made.path] : [made.path] + files
        result = consume made
    }
}
