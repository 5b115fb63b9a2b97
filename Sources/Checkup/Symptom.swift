/// One thing that was looked at.
package struct Symptom: Hashable, Sendable {
    package enum State: String, Hashable, Sendable {
        case good = "ok"
        /// A release works, and not as well as it could.
        case odd = "warning"
        /// A release would be refused, or would go wrong.
        case bad
        /// Nobody could look.
        case unseen
    }

    package let name: String
    package let state: State
    package let said: String
    /// nil where nothing is to be done.
    package let remedy: String?

    init(_ name: String, _ state: State, _ said: String, do remedy: String? = nil) {
        self.name = name
        self.state = state
        self.said = said
        self.remedy = remedy
    }

    /// Of an error in three lines: what happened and where, and what to do.
    init(_ name: String, error: any Error, state: State = .bad) {
        let lines = "\(error)".split(separator: "\n").map { line in
            String(line.drop { $0 == " " })
        }
        func part(_ mark: String) -> String? {
            lines.first { $0.hasPrefix(mark) }.map { line in
                String(line.dropFirst(mark.count).drop { $0 == " " })
            }
        }
        let place = part("where:").map { " (\($0))" } ?? ""
        self.init(name, state, (lines.first ?? "\(error)") + place, do: part("do:"))
    }
}
