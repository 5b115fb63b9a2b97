/// Reads flows.
package enum FlowReader {
    /// Reads a flow and the manifest that it names; also says what a run must remember of them.
    ///
    /// - Parameters:
    ///   - workingDirectory: absolute; what relative paths of the command line start from. Without
    ///     it a command with a relative path is only found from where we run.
    ///   - readFile: reads a whole file; relative paths start from the working directory.
    ///   - programs: what stands at a path; asked for commands with a slash in their name.
    package static func load(
        path: String, overrides: FlowOverrides = FlowOverrides(), workingDirectory: String = "",
        readFile: (String) throws -> [UInt8], programs: (String) -> ProgramFile = { _ in .runs }
    ) throws(FlowError) -> (flow: Flow, source: FlowSource) {
        let seen = look(
            at: path, overrides, workingDirectory, readFile, programs, lint: nil)
        guard let flow = seen.flow else { throw seen.faults[0] }
        return (flow, seen.source)
    }

    /// Finds all that is wrong with a flow and, where nothing is, what is unwise.
    ///
    /// - Parameter rate: users' requests in a second; nil: nobody knows.
    package static func examine(
        path: String, overrides: FlowOverrides = FlowOverrides(), workingDirectory: String = "",
        rate: Double? = nil, readFile: (String) throws -> [UInt8],
        programs: (String) -> ProgramFile = { _ in .runs }
    ) -> FlowExamination {
        look(
            at: path, overrides, workingDirectory, readFile, programs,
            lint: FlowDocument.Load(rate: rate))
    }

    private static func look(
        at path: String, _ overrides: FlowOverrides, _ workingDirectory: String,
        _ readFile: (String) throws -> [UInt8], _ programs: (String) -> ProgramFile,
        lint load: FlowDocument.Load?
    ) -> FlowExamination {
        let folder = FlowPath.folder(of: FlowPath.joined(workingDirectory, path))
        var source = FlowSource(files: [], folder: folder, overrides: overrides)
        guard let text = try? readFile(path) else {
            let fault = FlowError(
                .file, "the flow file cannot be read", file: path,
                suggestion: "check the path, and that you may read it")
            return FlowExamination(source, faults: [fault])
        }
        source.files = [.init(path: path, bytes: text)]
        do throws(FlowError) {
            if let template = try templateFile(of: source, readFile) {
                source.files.append(template)
            }
            let document = try FlowDocument(source)
            let missing = readManifests(of: document, readFile, into: &source)
            return document.examination(source, missing, programs, lint: load)
        } catch {
            return FlowExamination(source, faults: [error])
        }
    }

    /// The candidate's, and those of Jobs; says what is missing.
    private static func readManifests(
        of document: FlowDocument, _ readFile: (String) throws -> [UInt8],
        into source: inout FlowSource
    ) -> [FlowError] {
        let folder = FlowPath.folder(of: source.files[0].path)
        var missing: [FlowError] = []
        if let manifest = document.manifest {
            let place = source.overrides.manifest ?? FlowPath.joined(folder, manifest)
            if let text = try? readFile(place) {
                source.files.insert(.init(path: manifest, bytes: text), at: 1)
            } else {
                missing.append(document.missingManifest(manifest))
            }
        }
        for job in document.jobManifests where !source.files.contains(where: { $0.path == job }) {
            // What cannot be read is told with its place in the flow.
            if let text = try? readFile(FlowPath.joined(folder, job)) {
                source.files.append(.init(path: job, bytes: text))
            }
        }
        return missing
    }

    /// What the flow's template says now: a run goes on with that, whatever a later theseus has.
    ///
    /// One that cannot be read is told with its place in the flow.
    private static func templateFile(
        of source: FlowSource, _ readFile: (String) throws -> [UInt8]
    ) throws(FlowError) -> FlowSource.File? {
        guard let name = try FlowDocument.templateName(in: source) else { return nil }
        let path = FlowTemplates.path(of: name)
        if let text = FlowTemplates.text(of: name) {
            return FlowSource.File(path: path, bytes: Array(text.utf8))
        }
        let place = FlowPath.joined(FlowPath.folder(of: source.files[0].path), name)
        guard FlowTemplates.isPath(name), let text = try? readFile(place) else { return nil }
        return FlowSource.File(path: path, bytes: text)
    }

    /// Reads the same flow again from what a run remembers; touches no file.
    package static func read(_ source: FlowSource) throws(FlowError) -> Flow {
        try FlowDocument(source).flow(source, programs: { _ in .runs })
    }
}

extension [FlowError] {
    /// In the order of the files, then of their lines; of equals the first found comes first, and
    /// what was found twice is there once.
    func inOrder(of files: [String]) -> [FlowError] {
        func rank(_ fault: FlowError) -> (Int, Int, Int) {
            (
                files.firstIndex(of: fault.file) ?? files.count, fault.line ?? 0,
                fault.column ?? 0
            )
        }
        var seen: Set<FlowError> = []
        return filter { seen.insert($0).inserted }.enumerated().sorted { one, other in
            let (a, b) = (rank(one.element), rank(other.element))
            return a == b ? one.offset < other.offset : a < b
        }.map(\.element)
    }
}

/// What stands where a command's program is looked for.
package enum ProgramFile: Hashable, Sendable {
    case missing
    case mayNotRun
    case runs
}
