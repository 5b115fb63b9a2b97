import Testing

/// How files, names and errors look.
@Suite struct FormTests {
    static let code = Repository.sources + Repository.tests

    @Test func filesAreShortAndLinesFitOnAPage() {
        #expect(Repository.sources.count > 100)
        for file in Self.code {
            let lines = file.text.count { $0 == "\n" }
            #expect(lines <= 400, "\(file.path) is too long to read in one sitting")
            for (line, _) in SourceFile.places(of: "(?m)^.{111}", in: file.text) {
                Issue.record("\(file.path):\(line) is wider than 110 columns")
            }
        }
    }

    /// A name that fits everything says nothing.
    static let cupboards: Set<String> = [
        "Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Utilities", "Common", "Shared",
        "Base", "Misc", "Data", "Info", "Stuff",
    ]

    @Test func noRoomForOddsAndEnds() {
        for file in Self.code {
            for name in file.types + [file.room, file.name] {
                // Base64 is a word of its own.
                let words = Self.words(of: name.replacing("Base64", with: ""))
                #expect(
                    Self.cupboards.isDisjoint(with: words),
                    "\(file.path): name \(name) after what it holds")
            }
        }
    }

    /// `Journal.Entry` does not resolve when module `Journal` has a type `Journal`.
    ///
    /// JSONTree may: its other types are never called by their full names. The folder
    /// SweepCommand holds the module theseus-sweep, RigCommand theseus-rig.
    @Test func noTypeBearsTheNameOfARoom() {
        let rooms = Set(Repository.sources.map(\.room)).subtracting(["SweepCommand", "RigCommand"])
        for file in Repository.sources {
            for type in file.types where type != "JSONTree" {
                #expect(!rooms.contains(type), "\(file.path): \(type)")
            }
        }
    }

    @Test func everyRoomHasADoorComment() {
        for room in Set(Repository.sources.map(\.room)) {
            // The roof's file is named for its type, which may not bear the module's name.
            let names = [room, room.prefix(1).uppercased() + room.dropFirst(), "main"]
            let door = Repository.sources.first { file in
                file.room == room && file.parts.count == 3
                    && names.contains { file.name == "\($0).swift" }
            }
            let first = door?.text.prefix { $0 != "\n" } ?? ""
            let title = first.hasPrefix("// ") ? first.dropFirst(3).prefix { $0 != " " } : ""
            #expect(
                Self.doorNames(of: room).contains(String(title)) && first.contains(" — "),
                "\(room): the first line of its door says '// \(room) — what it is for'")
        }
    }

    /// The sweep's folder and its program have two names.
    private static func doorNames(of room: String) -> [String] {
        room == "SweepCommand" ? [room, "theseus-sweep"] : [room]
    }

    /// Errors that no person reads as they are.
    static let inner = [
        "CanaryEngine.Refusal": "a wish's answer, a sentence in the journal",
        "TestHooks.Refusal": "why no example was found; HookError tells it",
        "Lab.LabRefusal": "a Kubernetes Status, as the API server answers",
    ]

    @Test func everyErrorSaysWhatWhereAndWhatToDo() {
        var seen = 0
        for file in Repository.sources {
            for type in file.errors where Self.isTold(type, in: file.room) {
                seen += 1
                let told = Repository.sources.contains { other in
                    other.room == file.room
                        && (other.path == file.path || other.name.hasPrefix(type))
                        && !SourceFile.places(of: Self.threeLines, in: other.text).isEmpty
                }
                #expect(told, "\(file.path): \(type) has no line 'where: ' or no line 'do:    '")
            }
        }
        #expect(seen > 10)
    }

    /// By their names: a Fault, a Flaw or a Setback is told by somebody else.
    private static func isTold(_ type: String, in room: String) -> Bool {
        ["Error", "Refusal", "Failure"].contains(where: type.hasSuffix)
            && inner["\(room).\(type)"] == nil
    }

    private static let threeLines = "  where: [\\s\\S]*  do:    "

    /// Nobody else has our folders.
    @Test func noPathOfOneMachine() {
        let folders = "/(work|root|tmp/h|home/user)/"
        #expect(!Repository.pages.isEmpty)
        for file in Self.code + Repository.pages {
            for (line, words) in SourceFile.places(of: folders, in: file.text) {
                Issue.record("\(file.path):\(line) says \(words[0])")
            }
        }
    }

    /// `MemoryJournal.swift` is Memory, Journal and swift.
    private static func words(of name: String) -> [String] {
        var words: [String] = [""]
        for letter in name {
            if letter.isUppercase || !letter.isLetter { words.append("") }
            if letter.isLetter { words[words.count - 1].append(letter) }
        }
        return words
    }
}
