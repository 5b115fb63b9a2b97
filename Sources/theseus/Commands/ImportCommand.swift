internal import Crossing
internal import FlowFiles
internal import JSONTree

/// `theseus import FILE…`: a flow of an Argo Rollout or a Flagger Canary, and what it cannot say.
///
/// Exit: 0 there is a flow · 2 usage · 3 there is none, or it cannot be read back.
///
/// Asks no cluster. The flow goes to standard output and the notes to standard error; with `--out`
/// the flow and the manifests that it names are written, and nothing that is there is overwritten.
struct ImportCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() throws -> ExitCode {
        var files: [ForeignFile] = []
        guard request.operands.filter({ $0 == "-" }).count <= 1 else {
            throw UsageError(.surplus("-"), command: request.command)
        }
        for name in request.operands {
            let isInput = name == "-"
            files.append(
                ForeignFile(
                    name: isInput ? "standard input" : name,
                    bytes: try Files.read(isInput ? "/dev/stdin" : name)))
        }
        let translation = try FlowTranslation.of(files, named: request.value("--name"))
        if let path = request.value("--out") {
            try write(translation, to: path)
        } else if !request.wantsJSON {
            Terminal.say(String(translation.flow.dropLast()))
        }
        let place = request.value("--out") ?? "standard output"
        let fault = Self.fault(of: translation, at: place)
        if request.wantsJSON {
            Terminal.say(JSONWriter.text(of: ImportNotes.tree(translation, fault: fault)))
        } else {
            let out = request.value("--out")
            Terminal.complain(ImportNotes.text(of: translation, fault: fault, out: out))
        }
        return fault == nil ? .done : .refused
    }

    // MARK: Writing

    private func write(_ translation: FlowTranslation, to path: String) throws {
        let texts =
            [(path, translation.flow)]
            + translation.files.map { (Self.beside(path, $0.path), $0.text) }
        for (path, _) in texts where Files.exists(path) { throw AlreadyThere(path: path) }
        for (path, text) in texts { try Files.write(text, to: path) }
    }

    /// A file that the flow at `path` names.
    private static func beside(_ path: String, _ name: String) -> String {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return "\(folder)\(name)"
    }

    // MARK: Whether it holds

    /// What still keeps the flow from being read, in the reader's words; nil where nothing does.
    ///
    /// `place`: where the flow stands now.
    private static func fault(of translation: FlowTranslation, at place: String) -> String? {
        var texts = [place: translation.flow]
        for file in translation.files { texts[beside(place, file.path)] = file.text }
        // Where only a person knows the manifest, any will do.
        let manifest = beside(place, translation.manifest)
        if texts[manifest] == nil { texts[manifest] = standIn }
        let seen = FlowReader.examine(
            path: place,
            readFile: { path in
                guard let text = texts[path] else { throw AlreadyThere(path: path) }
                return Array(text.utf8)
            })
        return seen.faults.isEmpty
            ? nil : seen.faults.map(\.description).joined(separator: "\n")
    }

    private static let standIn = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: candidate}
        spec:
          selector: {matchLabels: {app: candidate, version: fill-in}}
          template:
            metadata: {labels: {app: candidate, version: fill-in}}
            spec: {containers: [{name: candidate, image: "example/candidate:1"}]}
        """

    struct AlreadyThere: Error, CustomStringConvertible {
        let path: String

        var description: String {
            """
            import: the file is there already, and nothing was written
              where: \(path)
              do:    move it away, or give --out another folder
            """
        }
    }
}

/// What an import says beside the flow.
enum ImportNotes {
    static func text(of translation: FlowTranslation, fault: String?, out: String?) -> String {
        var lines: [String] = []
        for kind in CrossingNote.Kind.allCases {
            let notes = translation.notes.filter { $0.kind == kind }
            guard !notes.isEmpty else { continue }
            lines.append("\(kind.rawValue) (\(notes.count)):")
            for group in grouped(notes) { lines += self.lines(of: group) }
            lines.append("")
        }
        let files = translation.files.map(\.path).joined(separator: ", ")
        if let out {
            lines.append("written: \(out)\(files.isEmpty ? "" : ", and beside it \(files)")")
        } else if !files.isEmpty {
            lines.append("with --out FILE these are written beside the flow: \(files)")
        }
        if let fault { lines.append("the flow cannot be read yet:\n\(fault)") }
        let flow = out ?? "FILE"
        lines.append(
            fault == nil
                ? "next: fill in what is to be filled in, then `theseus lint \(flow)`"
                : "next: mend that in \(flow), then `theseus lint \(flow)`")
        return lines.joined(separator: "\n")
    }

    /// Fields of one object that have one reason are told together.
    private static func grouped(_ notes: [CrossingNote]) -> [[CrossingNote]] {
        var groups: [[CrossingNote]] = []
        for note in notes {
            let place = groups.firstIndex { group in
                group[0].object == note.object && group[0].file == note.file
                    && group[0].why == note.why && group[0].remedy == note.remedy
            }
            if let place { groups[place].append(note) } else { groups.append([note]) }
        }
        return groups
    }

    private static func lines(of group: [CrossingNote]) -> [String] {
        let first = group[0]
        var lines = group.enumerated().map { index, note in
            let place = note.line.map { " (\(note.file ?? ""):\($0))" } ?? ""
            let path = note.path.isEmpty ? "" : ": \(note.path)"
            return index == 0
                ? "  \(note.object)\(path)\(place)"
                : "  \(String(repeating: " ", count: note.object.count))  \(note.path)\(place)"
        }
        lines += ["    \(first.why)", "    do: \(first.remedy)"]
        return lines
    }

    static func tree(_ translation: FlowTranslation, fault: String?) -> JSONTree {
        var tree: JSONTree = [
            "source": .string(translation.source), "flow": .string(translation.flow),
            "files": .array(
                translation.files.map { ["path": .string($0.path), "text": .string($0.text)] }),
            "notes": .array(translation.notes.map(Self.tree)),
        ]
        tree["fault"] = fault.map(JSONTree.string)
        return tree
    }

    private static func tree(_ note: CrossingNote) -> JSONTree {
        var tree: JSONTree = [
            "kind": .string(note.kind.word), "object": .string(note.object),
            "path": .string(note.path), "why": .string(note.why), "do": .string(note.remedy),
        ]
        if let file = note.file { tree["file"] = .string(file) }
        if let line = note.line { tree["line"] = .integer(line) }
        return tree
    }
}

extension CrossingNote.Kind {
    /// As JSON has it.
    fileprivate var word: String {
        switch self {
        case .left: "left"
        case .changed: "changed"
        case .fillIn: "fill-in"
        }
    }
}
