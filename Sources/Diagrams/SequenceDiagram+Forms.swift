/// The forms in which a sequence is shown.
extension SequenceDiagram {
    /// As `sequence-diagram.txt` has it; `note` says where it comes from.
    package func text(_ note: String) -> String {
        let parties = Party.allCases.map(\.rawValue).joined(separator: ", ")
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
}
