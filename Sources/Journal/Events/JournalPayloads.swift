internal import Basics

/// The members of what a journal records of itself.

extension ChainHead {
    var members: [JSON.Member] {
        [
            JSON.Member("chain", .string(name.text)), JSON.Member("chain_events", .integer(events)),
            JSON.Member("chain_head", .string(hash.hex)), JSON.Member("chain_start", .optional(start?.hex)),
        ]
    }

    init?(_ facts: PayloadFacts) {
        guard let name = facts.text("chain"), let events = facts.integer("chain_events"),
            let hash = facts.digest("chain_head")
        else { return nil }
        self.init(name: ChainName(name), start: facts.digest("chain_start"), events: events, hash: hash)
    }
}

extension Event.PruneSeal {
    var members: [JSON.Member] {
        [
            JSON.Member("count", .integer(lastSequence)), JSON.Member("removed", .integer(removed)),
            JSON.Member("last_sequence", .integer(lastSequence)), JSON.Member("last_hash", .string(lastHash.hex)),
            JSON.Member("snapshot", .string(snapshot.hex)), JSON.Member("before", .optional(before)),
            JSON.Member("chains", .array(chains.map { .object($0.members) })),
        ] + (archive.map { [JSON.Member("archive", .string($0.hex))] } ?? [])
    }

    init?(_ facts: PayloadFacts) {
        guard let last = facts.integer("last_sequence"), let hash = facts.digest("last_hash"),
            let snapshot = facts.digest("snapshot")
        else { return nil }
        let chains = facts.elements("chains").compactMap { ChainHead(PayloadFacts($0)) }
        // The first edition had one chain, and did not name it.
        let only = ChainHead(name: .firstEdition, start: nil, events: last, hash: hash)
        self.init(
            removed: facts.integer("removed") ?? 0, lastSequence: last, lastHash: hash, snapshot: snapshot,
            before: facts.text("before"), chains: chains.isEmpty ? [only] : chains,
            archive: facts.digest("archive"))
    }
}

extension Event.ImportSeal {
    var members: [JSON.Member] {
        [
            JSON.Member("events", .integer(events)), JSON.Member("after", .integer(after)),
            JSON.Member("source_head", .string(sourceHead.hex)),
        ] + (chain?.members ?? [])
    }

    init?(_ facts: PayloadFacts) {
        guard let head = facts.digest("source_head") else { return nil }
        self.init(
            events: facts.integer("events") ?? 0, after: facts.integer("after") ?? 0, sourceHead: head,
            chain: ChainHead(facts))
    }
}

extension Event.LostEvents {
    var members: [JSON.Member] {
        [
            JSON.Member("kept", .integer(kept)), JSON.Member("first_lost", .optional(firstLost)),
            JSON.Member("problem", .string(problem)), JSON.Member("former_sequence", .optional(formerSequence)),
            JSON.Member("former_hash", .optional(formerHash?.hex)),
        ]
    }

    init(_ facts: PayloadFacts) {
        self.init(
            kept: facts.integer("kept") ?? 0, firstLost: facts.integer("first_lost"),
            problem: facts.text("problem") ?? "", formerSequence: facts.integer("former_sequence"),
            formerHash: facts.digest("former_hash"))
    }
}

extension Event.RestoredState {
    var members: [JSON.Member] {
        [
            JSON.Member("events", .integer(events)), JSON.Member("head", .optional(head?.hex)),
            JSON.Member("former_events", .optional(formerEvents)),
            JSON.Member("former_head", .optional(formerHead?.hex)),
        ]
    }

    init(_ facts: PayloadFacts) {
        self.init(
            events: facts.integer("events") ?? 0, head: facts.digest("head"),
            formerEvents: facts.integer("former_events"), formerHead: facts.digest("former_head"))
    }
}
