internal import JSONTree

/// Server-side apply, as far as it is used here: what is applied is set, and what the same manager
/// applied before and no longer names is taken away.
///
/// Lists of built-in kinds merge by the keys of `LabPatch.mergeKey`, those of others are one value.
enum LabApply {
    static func apply(
        _ wanted: JSONTree, before: JSONTree?, onto live: JSONTree, mergesLists: Bool
    ) -> JSONTree {
        var result = live
        if let before { result = without(before, notIn: wanted, from: result, mergesLists) }
        return overlay(wanted, onto: result, mergesLists)
    }

    private static func overlay(_ wanted: JSONTree, onto live: JSONTree?, _ mergesLists: Bool)
        -> JSONTree
    {
        guard let members = wanted.members else { return wanted }
        var result = live?.members ?? [:]
        for member in members where member.value != .null {
            guard mergesLists, let items = member.value.items,
                let key = LabPatch.mergeKey(member.key, items)
            else {
                result[member.key] = overlay(member.value, onto: result[member.key], mergesLists)
                continue
            }
            var present = result[member.key]?.items ?? []
            for item in items {
                if let place = present.firstIndex(where: { $0[key] == item[key] }) {
                    present[place] = overlay(item, onto: present[place], mergesLists)
                } else {
                    present.append(item)
                }
            }
            result[member.key] = .array(present)
        }
        return .object(result)
    }

    private static func without(
        _ before: JSONTree, notIn wanted: JSONTree, from live: JSONTree, _ mergesLists: Bool
    ) -> JSONTree {
        guard var result = live.members, let former = before.members else { return live }
        for member in former {
            guard let present = result[member.key] else { continue }
            guard let still = wanted[member.key] else {
                result[member.key] = bare(member.value, from: present)
                continue
            }
            if member.value.members != nil {
                result[member.key] = without(member.value, notIn: still, from: present, mergesLists)
            } else if mergesLists, let items = member.value.items, let kept = still.items,
                let key = LabPatch.mergeKey(member.key, items)
            {
                let gone = items.compactMap { $0[key] }.filter { name in
                    !kept.contains { $0[key] == name }
                }
                let rest = (present.items ?? []).filter { !gone.contains($0[key] ?? .null) }
                result[member.key] = .array(
                    rest.map { item in
                        guard let was = items.first(where: { $0[key] == item[key] }),
                            let now = kept.first(where: { $0[key] == item[key] })
                        else { return item }
                        return without(was, notIn: now, from: item, mergesLists)
                    })
            }
        }
        return .object(result)
    }

    /// What is left of `present` when all that `former` named is taken away; nil: nothing.
    private static func bare(_ former: JSONTree, from present: JSONTree) -> JSONTree? {
        guard let members = former.members, var result = present.members else { return nil }
        for member in members {
            result[member.key] = result[member.key].flatMap { bare(member.value, from: $0) }
        }
        return result.isEmpty ? nil : .object(result)
    }
}
