/// The command that shows a play again, as a shell takes it.
package enum Replay {
    /// `note` stands behind it, for people.
    ///
    /// A seed belongs to one build: the program stands beside the one that found it, as it was called.
    static func command(_ options: String, note: String = "") -> String {
        let own = CommandLine.arguments.first ?? ""
        let folder = own.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        let program = (folder + ["theseus-sweep"]).joined(separator: "/")
        return "\(quoted(program)) \(options)" + (note.isEmpty ? "" : "  # \(note)")
    }

    package static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.enumerated().allSatisfy { place, byte in
            switch Unicode.Scalar(byte) {
            case "a"..."z", "A"..."Z", "0"..."9", "/", ".", "-", "_", ":", "@": true
            case "=": place > 0
            default: false
            }
        }
        return isPlain && !word.isEmpty ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
}
