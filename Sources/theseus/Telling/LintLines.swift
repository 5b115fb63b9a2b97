internal import FlowFiles
internal import JSONTree
internal import Secrets

/// What `lint` writes.
enum LintLines {
    /// A fault or a warning.
    struct Finding {
        let isError: Bool
        let code: String
        let file: String
        let line: Int?
        let column: Int?
        let path: String
        let what: String
        let remedy: String
        let hidesLine: Bool
    }

    static func findings(in seen: FlowExamination) -> [Finding] {
        seen.faults.map(Finding.init) + seen.warnings.map(Finding.init)
    }

    static func summary(of findings: [Finding], _ path: String, hasRate: Bool) -> String {
        let errors = findings.count { $0.isError }
        let warnings = findings.count - errors
        let counts = [count(errors, "error"), count(warnings, "warning")].compactMap { $0 }
        let words = counts.isEmpty ? "clean" : counts.joined(separator: ", ")
        let rest =
            hasRate || errors > 0
            ? "" : "; with --rps N it says, too, how long gates will need"
        return "\(path): \(words)\(rest)"
    }

    private static func count(_ number: Int, _ word: String) -> String? {
        number == 0 ? nil : "\(number) \(word)\(number == 1 ? "" : "s")"
    }
}

extension LintLines.Finding {
    init(_ fault: FlowError) {
        self.init(
            isError: true, code: fault.code.rawValue, file: fault.file, line: fault.line,
            column: fault.column, path: fault.path, what: fault.what, remedy: fault.suggestion,
            hidesLine: fault.hidesLine)
    }

    init(_ warning: FlowWarning) {
        self.init(
            isError: false, code: warning.code.rawValue, file: warning.file, line: warning.line,
            column: warning.column, path: warning.path, what: warning.what,
            remedy: warning.suggestion, hidesLine: false)
    }

    /// What, where with the line itself, what to do.
    func lines(_ seen: FlowExamination, isTinted: Bool) -> String {
        let title = "\(isError ? "error" : "warning"): \(what) [\(code)]"
        let tint: Tint = isError ? .bad : .warning
        return """
            \(isTinted ? tint.paint(title) : title)
              where: \(place)\(shown(seen).map { "\n\($0)" } ?? "")
              do:    \(remedy)
            """
    }

    private var place: String {
        var text = file
        if let line, let column { text += ":\(line):\(column)" }
        return path.isEmpty ? text : "\(text) (\(path))"
    }

    /// The line with a mark below; a line that may hold a secret is not repeated.
    private func shown(_ seen: FlowExamination) -> String? {
        guard !hidesLine, let line, let column, let text = seen.line(line, of: file) else {
            return nil
        }
        let plain = Redaction(known: [], given: []).clean(text.replacing("\t", with: " "))
        let number = String(line)
        let margin = String(repeating: " ", count: number.count)
        let mark = String(repeating: " ", count: max(0, column - 1)) + "^"
        return "         \(number) | \(plain)\n         \(margin) | \(mark)"
    }

    var tree: JSONTree {
        var tree: JSONTree = [
            "file": .string(file), "severity": .string(isError ? "error" : "warning"),
            "code": .string(code), "path": .string(path), "what": .string(what),
            "do": .string(remedy),
        ]
        if let line { tree["line"] = .integer(line) }
        if let column { tree["column"] = .integer(column) }
        return tree
    }
}
