/// The difference of two texts as `diff -u` writes it, without its head.
package enum UnifiedDiff {
    /// Lines around a change that are shown with it.
    private static let context = 3

    private enum Edit {
        case keep(Substring)
        case drop(Substring)
        case add(Substring)

        var isChange: Bool { if case .keep = self { false } else { true } }

        var line: String {
            switch self {
            case .keep(let line): " \(line)"
            case .drop(let line): "-\(line)"
            case .add(let line): "+\(line)"
            }
        }
    }

    /// Empty where nothing differs.
    package static func lines(_ old: String, _ new: String) -> [String] {
        let edits = edits(lines(of: old), lines(of: new))
        var shown: [String] = []
        var end = 0  // behind the last edit that was shown
        for (index, edit) in edits.enumerated() where edit.isChange && index >= end {
            var last = index
            for next in index..<edits.count where edits[next].isChange {
                if next - last > context * 2 { break }
                last = next
            }
            let begin = max(end, index - context)
            end = min(edits.count, last + context + 1)
            shown.append(head(edits, begin, end))
            shown += edits[begin..<end].map(\.line)
        }
        return shown
    }

    /// As `@@ -3,7 +3,8 @@`.
    private static func head(_ edits: [Edit], _ begin: Int, _ end: Int) -> String {
        func count(_ part: ArraySlice<Edit>) -> (old: Int, new: Int) {
            part.reduce(into: (0, 0)) { sum, edit in
                switch edit {
                case .keep: sum = (sum.0 + 1, sum.1 + 1)
                case .drop: sum.0 += 1
                case .add: sum.1 += 1
                }
            }
        }
        let before = count(edits[..<begin])
        let here = count(edits[begin..<end])
        func range(_ before: Int, _ count: Int) -> String {
            "\(count == 0 ? before : before + 1),\(count)"
        }
        return "@@ -\(range(before.old, here.old)) +\(range(before.new, here.new)) @@"
    }

    private static func lines(of text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    /// By the longest common subsequence of what stands between a common beginning and a common end.
    private static func edits(_ old: [Substring], _ new: [Substring]) -> [Edit] {
        let head = zip(old, new).prefix { $0 == $1 }.count
        let tail = zip(old.dropFirst(head).reversed(), new.dropFirst(head).reversed())
            .prefix { $0 == $1 }.count
        let (mine, theirs) = (
            Array(old[head..<(old.count - tail)]), Array(new[head..<(new.count - tail)])
        )
        return old.prefix(head).map(Edit.keep) + middle(mine, theirs)
            + old.suffix(tail).map(Edit.keep)
    }

    private static func middle(_ old: [Substring], _ new: [Substring]) -> [Edit] {
        var lengths = [[Int]](
            repeating: [Int](repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                lengths[i][j] =
                    old[i] == new[j]
                    ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var edits: [Edit] = []
        var (i, j) = (0, 0)
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                edits.append(.keep(old[i]))
                (i, j) = (i + 1, j + 1)
            } else if j == new.count || (i < old.count && lengths[i + 1][j] >= lengths[i][j + 1]) {
                edits.append(.drop(old[i]))
                i += 1
            } else {
                edits.append(.add(new[j]))
                j += 1
            }
        }
        return edits
    }
}
