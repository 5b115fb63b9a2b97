/// The forms in which a sequence is shown.
extension SequenceDiagram {
    /// As `sequence-diagram.txt` has it; `note` says where it comes from.
    package func text(_ note: String) -> String {
        let parties = parties.map(\.rawValue).joined(separator: ", ")
        var text = "\(note)\n\nparticipants: \(parties)\n\n"
        for line in lines {
            switch line {
            case .chapter(let title): text += "\n== \(title)\n"
            case .message(let from, let to, let words):
                text += "\(from.rawValue) -> \(to.rawValue): \(words)\n"
            }
        }
        return text
    }

    /// For Markdown, as GitHub and GitLab show it.
    package var mermaid: String {
        var text = "sequenceDiagram\n"
        let parties = parties
        let all = [parties.first, parties.last].compactMap { $0 }.map { "\($0)" }
        for party in parties { text += "    participant \(party) as \(party.rawValue)\n" }
        for line in lines {
            switch line {
            case .chapter(let title):
                text += "    note over \(all.joined(separator: ",")): \(Self.forMermaid(title))\n"
            case .message(let from, let to, let words):
                text += "    \(from)->>\(to): \(Self.forMermaid(words))\n"
            }
        }
        return text
    }

    /// Semicolons end a line there, and a number sign begins a letter's number.
    private static func forMermaid(_ words: String) -> String {
        words.map { letter in
            switch letter {
            case "#": "#35;"
            case ";": "#59;"
            case "\n", "\r", "\r\n": " "
            default: String(letter)
            }
        }.joined()
    }

    // MARK: SVG

    private static let distance = 170
    private static let step = 24

    package var svg: String {
        let parties = parties
        let places = Dictionary(
            uniqueKeysWithValues: parties.enumerated().map { ($1, 90 + $0 * Self.distance) })
        let width = 180 + (parties.count - 1) * Self.distance
        let height = 80 + lines.count * Self.step
        var text = """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" font-family="sans-serif" font-size="11">
            <defs><marker id="end" markerWidth="8" markerHeight="8" refX="7" refY="3" orient="auto">\
            <path d="M0,0 L7,3 L0,6 z"/></marker></defs>
            <rect width="100%" height="100%" fill="white"/>

            """
        for party in parties {
            let x = places[party] ?? 0
            text += """
                <line x1="\(x)" y1="40" x2="\(x)" y2="\(height - 10)" stroke="#bbb"/>
                <text x="\(x)" y="28" text-anchor="middle" font-weight="bold">\(party.rawValue)</text>

                """
        }
        for (number, line) in lines.enumerated() {
            text += Self.drawn(line, at: 64 + number * Self.step, width, places) + "\n"
        }
        return text + "</svg>\n"
    }

    private static func drawn(
        _ line: Line, at y: Int, _ width: Int, _ places: [Party: Int]
    ) -> String {
        switch line {
        case .chapter(let title):
            return """
                <rect x="10" y="\(y - 13)" width="\(width - 20)" height="19" fill="#eef"/>\
                <text x="16" y="\(y)" font-weight="bold">\(forXML(title))</text>
                """
        case .message(let from, let to, let words):
            let (start, end) = (places[from] ?? 0, places[to] ?? 0)
            let middle = (start + end) / 2
            return """
                <line x1="\(start)" y1="\(y + 3)" x2="\(end)" y2="\(y + 3)" stroke="black" \
                marker-end="url(#end)"/>\
                <text x="\(middle)" y="\(y - 1)" text-anchor="middle" stroke="white" \
                stroke-width="3" paint-order="stroke">\(forXML(words))</text>
                """
        }
    }

    private static func forXML(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}
