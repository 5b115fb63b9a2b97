internal import JSONTree
internal import YAML

/// Holds a flow file against the table of keys; finds every fault.
struct ShapeCheck {
    private(set) var faults: [FlowError] = []
    /// A template's keys are checked, but what is missing may be the service's to give.
    let mayLack: Bool

    init(mayLack: Bool = false) { self.mayLack = mayLack }

    mutating func check(_ field: FlowField, _ shape: FlowShape) {
        switch shape {
        case .anything: if field.node.isNull { mismatch(field, shape) }
        case .text: if field.text == nil { mismatch(field, shape) }
        case .parameter:
            guard field.node.scalar == nil else { return }
            guard field.node.members != nil else { return mismatch(field, shape) }
            members(field, FlowKeys.parameter, as: shape)
        case .name:
            guard let text = field.text else { return mismatch(field, shape) }
            if !Self.isName(text) { unfit(field, shape) }
        case .address:
            guard let text = field.text else { return mismatch(field, shape) }
            if let fault = Self.fault(ofAddress: text) {
                // Not repeated: what is wrong with it may be a password.
                faults.append(
                    field.error(
                        .wrongValue, "\(field.name) \(fault)", do: shape.example, hidesLine: true))
            }
        case .whole(let range):
            guard let whole = field.whole else { return mismatch(field, shape) }
            if !range.contains(whole) { unfit(field, shape) }
        case .decimal:
            guard field.decimal == nil else { return }
            guard let text = field.text, text.hasSuffix("%"), let share = field.share else {
                return mismatch(field, shape)
            }
            faults.append(
                field.error(
                    .wrongValue, "\(field.name) must be \(shape.wish), found \(field.kind)",
                    do: "write \(share) for \(text)"))
        case .flag: if field.flag == nil { mismatch(field, shape) }
        case .duration:
            guard field.text != nil else { return mismatch(field, shape) }
            if (field.duration ?? .zero) <= .zero { unfit(field, shape) }
        case .percentage:
            guard field.text != nil else { return mismatch(field, shape) }
            if field.share == nil { unfit(field, shape) }
        case .change:
            guard field.text != nil else { return mismatch(field, shape) }
            if field.change == nil { unfit(field, shape) }
        case .size:
            guard field.text != nil else { return mismatch(field, shape) }
            if field.size == nil { unfit(field, shape) }
        case .statuses:
            guard let text = field.text else { return mismatch(field, shape) }
            if StatusRange.range(text) == nil { unfit(field, shape) }
        case .words(let words):
            guard let text = field.text else { return mismatch(field, shape) }
            if !words.contains(text) { foreign(text, field, words) }
        case .nothing:
            guard !field.node.isNull else { return }
            faults.append(
                field.error(
                    .wrongValue, "\(field.name) takes nothing behind it, found \(field.kind)",
                    do: shape.example))
        case .texts:
            guard field.node.items != nil else { return mismatch(field, shape) }
            for item in field.items where item.text == nil { mismatch(item, .text) }
        case .textMap: named(field, .text, as: shape)
        case .named(let inner): named(field, inner, as: shape)
        case .list(let inner):
            guard field.node.items != nil else { return mismatch(field, shape) }
            for item in field.items { check(item, inner) }
        case .either(let word, let rest):
            if field.node.isNull {
                mismatch(field, shape)
            } else {
                check(field, field.node.scalar == nil ? rest : word)
            }
        case .secret:
            guard field.node.members != nil else {
                // Not repeated: it may be the secret.
                faults.append(
                    field.error(
                        .wrongValue, "\(field.name) must say where the secret is, never what it is",
                        do: shape.example, hidesLine: true))
                return
            }
            members(field, FlowKeys.secret, as: shape)
        case .part(let part): members(field, part, as: shape)
        case .steps:
            guard field.node.items != nil else { return mismatch(field, shape) }
            for item in field.items { step(item) }
        case .step: step(field)
        }
    }

    // MARK: Mappings

    private mutating func named(_ field: FlowField, _ inner: FlowShape, as shape: FlowShape) {
        guard field.node.members != nil else { return mismatch(field, shape) }
        for member in field.members { check(member.field, inner) }
    }

    private mutating func members(_ field: FlowField, _ part: FlowPart, as shape: FlowShape) {
        guard field.node.members != nil else { return mismatch(field, shape) }
        for member in field.members {
            if let key = part.keys.first(where: { $0.name == member.name }) {
                if !isLater(member.field, key) { check(member.field, key.shape) }
            } else {
                unknown(member.name, member.field, among: part.keys.map(\.name))
            }
        }
        guard !mayLack else { return }
        // A misspelt key is not missing as well.
        let odd = field.names.filter { name in !part.keys.contains { $0.name == name } }
        let meant = odd.compactMap { NearestName.of($0, among: part.keys.map(\.name)) }
        for key in part.keys
        where key.isRequired && field[key.name] == nil && !meant.contains(key.name) {
            faults.append(
                field.keyError(
                    .missingKey, "\(field.name) has no \"\(key.name)\"",
                    do: "add \(key.name): \(key.aim)"))
        }
        if !meant.contains(where: part.oneOf.contains) { requireOne(of: part.oneOf, in: field) }
    }

    /// Whether a value is one of a later version; says so by its name.
    private mutating func isLater(_ field: FlowField, _ key: FlowKey) -> Bool {
        guard let later = key.later else { return false }
        let what = "\(field.name) with \"\(later.name)\" is not in this version"
        if let inside = field[later.name] {
            faults.append(inside.keyError(.notInThisVersion, what, do: later.suggestion))
        } else if field.text == later.name {
            faults.append(field.error(.notInThisVersion, what, do: later.suggestion))
        } else {
            return false
        }
        return true
    }

    private mutating func requireOne(of names: [String], in field: FlowField) {
        let chosen = names.filter { field[$0] != nil }
        guard !names.isEmpty, chosen.count != 1 else { return }
        let said =
            chosen.isEmpty
            ? "neither \(names.joined(separator: " nor "))"
            : "both \(chosen.joined(separator: " and "))"
        faults.append(
            field.keyError(
                chosen.isEmpty ? .missingKey : .contradiction, "\(field.name) has \(said)",
                do: "give exactly one of \(names.count == 2 ? "the two" : "them")"))
    }

    private mutating func unknown(_ name: String, _ field: FlowField, among known: [String]) {
        let shown = Self.short(name)
        faults.append(
            field.keyError(
                .unknownKey, "unknown key \"\(shown)\"",
                do: NearestName.suggestion(for: name, among: known, none: "take it away")))
    }

    // MARK: Steps

    private mutating func step(_ item: FlowField) {
        if let word = item.text {
            guard let key = stepKey(word, item) else { return }
            if !key.isBare {
                faults.append(
                    item.error(
                        .wrongValue, "step \"\(word)\" says too little",
                        do: "write - \(word): and behind it \(key.shape.wish)"))
            }
            return
        }
        if let name = item["name"] { check(name, .name) }
        let members = item.stepMembers
        guard let only = members.first, members.count == 1 else {
            faults.append(
                item.error(
                    .wrongValue,
                    members.isEmpty
                        ? "a step must be a word or a mapping with one key, found \(item.kind)"
                        : "two steps in one item: \(members.map(\.name).joined(separator: ", "))",
                    do: members.isEmpty
                        ? "write for example - backup or - weight: 1"
                        : "write each after a '- ' of its own, and what belongs to it deeper in"))
            return
        }
        guard let key = stepKey(only.name, only.field) else { return }
        if key.isBare, only.field.node.isNull { return }
        check(only.field, key.shape)
    }

    private mutating func stepKey(_ name: String, _ field: FlowField) -> StepKey? {
        if let key = FlowKeys.steps.first(where: { $0.name == name }) { return key }
        let known = FlowKeys.steps.map(\.name)
        faults.append(
            field.keyError(
                .unknownName, "unknown step \"\(Self.short(name))\"",
                do: NearestName.suggestion(for: name, among: known, none: "")))
        return nil
    }

    // MARK: Words

    private mutating func mismatch(_ field: FlowField, _ shape: FlowShape) {
        faults.append(
            field.error(
                .wrongValue, "\(field.name) must be \(shape.wish), found \(field.kind)",
                do: shape.example))
    }

    private mutating func unfit(_ field: FlowField, _ shape: FlowShape) {
        let found = field.text.map { ", found \"\(Self.short($0))\"" } ?? ""
        faults.append(
            field.error(
                .wrongValue, "\(field.name) must be \(shape.wish)\(found)", do: shape.example))
    }

    private mutating func foreign(_ text: String, _ field: FlowField, _ words: [String]) {
        let nearest = words.count > 1 ? NearestName.of(text, among: words) : nil
        let wish = FlowShape.words(words)
        faults.append(
            field.error(
                .wrongValue,
                "\(field.name) must be \(wish.wish), found \"\(Self.short(text))\"",
                do: nearest.map { "did you mean \"\($0)\"?" } ?? wish.example))
    }

    static func short(_ text: String) -> String {
        let line = text.prefix { !$0.isNewline }
        return line.count > 60 ? "\(line.prefix(60))…" : String(line)
    }

    /// At most 253 characters, as names in Kubernetes are.
    private static func isName(_ text: String) -> Bool {
        func isPlain(_ byte: UInt8) -> Bool { 0x61...0x7A ~= byte || 0x30...0x39 ~= byte }
        guard let first = text.utf8.first, let last = text.utf8.last, text.utf8.count <= 253
        else { return false }
        return isPlain(first) && isPlain(last)
            && text.utf8.allSatisfy { isPlain($0) || $0 == 0x2D || $0 == 0x2E }
    }

    /// What is wrong with an address; a run's journal keeps it, so it may hold no password.
    private static func fault(ofAddress text: String) -> String? {
        let scheme = ["http://", "https://"].first { text.hasPrefix($0) }
        guard let scheme else { return "must be \(FlowShape.address.wish)" }
        let host = text.dropFirst(scheme.count).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if host.isEmpty { return "names no host" }
        if host.contains("@") { return "has a user or password in it" }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "has a character that no address has"
        }
        return nil
    }
}

/// Which statuses are good, as people write it.
enum StatusRange {
    static func range(_ text: String) -> ClosedRange<Int>? {
        if text.count == 3, text.hasSuffix("xx"), let class_ = text.first?.wholeNumberValue,
            (1...5).contains(class_)
        {
            return class_ * 100...class_ * 100 + 99
        }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { part in
            part.utf8.count == 3 ? Int(part) : nil
        }
        guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
            (100...599).contains(low), (100...599).contains(high), low <= high
        else { return nil }
        return low...high
    }
}
