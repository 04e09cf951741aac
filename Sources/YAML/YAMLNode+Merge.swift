package import Basics

/// An entry of a mapping, and whether it stands there itself or came through a `<<` key.
package struct YAMLMergedEntry: Sendable {
    package let entry: YAMLEntry
    /// The place of the `<<` that brought it in.
    package let mergedAt: SourceSpan?
}

extension YAMLNode {
    /// The entries of a mapping with those of its merge keys behind them; what stands there itself wins.
    package var entriesIncludingMerged: [YAMLMergedEntry] {
        guard let entries else { return [] }
        guard entries.contains(where: \.isMerge) else {
            return entries.map { YAMLMergedEntry(entry: $0, mergedAt: nil) }
        }
        var result: [YAMLMergedEntry] = []
        var names: Set<String> = []
        for entry in entries where !entry.isMerge {
            names.insert(entry.key.scalar?.text ?? "")
            result.append(YAMLMergedEntry(entry: entry, mergedAt: nil))
        }
        for merge in entries where merge.isMerge {
            for source in merge.value.items ?? [merge.value] {
                for inner in source.entriesIncludingMerged {
                    guard let name = inner.entry.key.scalar?.text, names.insert(name).inserted else { continue }
                    result.append(YAMLMergedEntry(entry: inner.entry, mergedAt: merge.key.place))
                }
            }
        }
        return result
    }
}

extension YAMLEntry {
    /// Whether this is a `<<` merge key.
    package var isMerge: Bool { key.textLength == 2 && key.scalar == YAMLScalar(text: "<<", style: .plain) }
}
