internal import JSONTree
internal import YAML

/// Writes a draft: short things on one line, long ones as blocks, comments above.
enum FlowText {
    private static let width = 96

    static func text(of draft: FlowDraft) -> String {
        var lines = draft.header.flatMap { comment($0, indent: 0) }
        lines += ["apiVersion: theseus.dev/v1", "kind: Flow"]
        lines += entry("metadata", ["name": .string(draft.name)], indent: 0)
        lines.append("spec:")
        lines += section("target", draft.target)
        if !draft.routes.isEmpty { lines += entry("routes", .array(draft.routes), indent: 2) }
        lines += section("gateway", draft.gateway)
        lines += section("prometheus", draft.prometheus)
        lines += section("sources", draft.sources)
        if let dark = draft.dark { lines += written(dark, indent: 2) }
        for setting in draft.settings { lines += written(setting, indent: 2) }
        lines += section("tests", draft.tests)
        lines += section("gates", draft.gates)
        if !draft.hooks.isEmpty {
            lines.append("  hooks:")
            for hook in draft.hooks {
                lines += entry(hook.moment, .array(hook.tests.map(JSONTree.string)), indent: 4)
            }
        }
        lines.append("  steps:")
        for step in draft.steps {
            lines += step.comments.flatMap { comment($0, indent: 4) }
            lines.append("    - \(stepText(step.tree))")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func section(_ name: String, _ entries: [FlowDraft.Entry]) -> [String] {
        guard !entries.isEmpty else { return [] }
        let isOff = entries.allSatisfy(\.isOff)
        return [isOff ? "  # \(name):" : "  \(name):"]
            + entries.flatMap { written($0, indent: 4) }
    }

    private static func written(_ entry: FlowDraft.Entry, indent: Int) -> [String] {
        let lines = Self.entry(entry.name, entry.tree, indent: entry.isOff ? 0 : indent)
        let pad = String(repeating: " ", count: indent)
        return entry.comments.flatMap { comment($0, indent: indent) }
            + (entry.isOff ? lines.map { $0.isEmpty ? "\(pad)#" : "\(pad)# \($0)" } : lines)
    }

    /// A key and its value: on one line if it fits, else as a block.
    private static func entry(_ name: String, _ tree: JSONTree, indent: Int) -> [String] {
        let pad = String(repeating: " ", count: indent)
        if let short = inline(tree), indent + name.count + 2 + short.count <= width {
            return ["\(pad)\(word(name)): \(short)"]
        }
        if let members = tree.members, !members.isEmpty {
            return ["\(pad)\(word(name)):"]
                + members.flatMap { entry($0.key, $0.value, indent: indent + 2) }
        }
        if let items = tree.items {
            let short = items.compactMap { inline($0) }
            if short.count == items.count {
                return ["\(pad)\(word(name)):"] + short.map { "\(pad)  - \($0)" }
            }
        }
        let block = YAMLWriter.text(of: .object(JSONObject([(name, tree)])))
        return block.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map { $0.isEmpty ? "" : pad + $0 }
    }

    private static func stepText(_ tree: JSONTree) -> String {
        if let text = tree.text { return word(text) }
        let member = tree.members?.first
        let name = member?.key ?? ""
        return "\(word(name)): \(member.flatMap { inline($0.value) } ?? "{}")"
    }

    /// The text as comment lines.
    private static func comment(_ text: String, indent: Int) -> [String] {
        let pad = String(repeating: " ", count: indent)
        var lines: [String] = []
        for paragraph in text.split(whereSeparator: \.isNewline) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, indent + 3 + line.count + word.count > width {
                    lines.append("\(pad)# \(line)")
                    line = ""
                }
                line += line.isEmpty ? "\(word)" : " \(word)"
            }
            lines.append("\(pad)# \(line)")
        }
        return lines
    }

    // MARK: One line

    /// A value on one line; nil for what has line breaks in it.
    static func inline(_ tree: JSONTree) -> String? {
        switch tree {
        case .null, .bool, .integer, .number: return JSONWriter.text(of: tree)
        case .string(let text): return text.contains(where: \.isNewline) ? nil : word(text)
        case .array(let items):
            let parts = items.compactMap { inline($0) }
            return parts.count == items.count ? "[\(parts.joined(separator: ", "))]" : nil
        case .object(let members):
            let parts = members.compactMap { member in
                inline(member.value).map { "\(word(member.key)): \($0)" }
            }
            return parts.count == members.count ? "{\(parts.joined(separator: ", "))}" : nil
        }
    }

    /// Bare where no reader of any YAML could take it for anything else, else in quotes.
    private static func word(_ text: String) -> String {
        isBare(text) ? text : JSONWriter.text(of: .string(text))
    }

    private static func isBare(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, bytes.count < 200 else { return false }
        func isLetter(_ byte: UInt8) -> Bool { 0x41...0x5A ~= byte || 0x61...0x7A ~= byte }
        func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }
        let isPlain = bytes.allSatisfy { isLetter($0) || isDigit($0) || "_./-".utf8.contains($0) }
        guard isPlain else { return false }
        if isLetter(first) {
            return !["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
                .contains(text.lowercased())
        }
        if text.hasPrefix("./") { return true }
        // Durations: 1h30m, 90s.
        return isDigit(first) && bytes.contains(where: isLetter)
            && bytes.allSatisfy { isDigit($0) || "hms".utf8.contains($0) }
    }
}
