/// Reads flows.
package enum FlowReader {
    /// Reads a flow and the manifest that it names; also says what a run must remember of them.
    ///
    /// - Parameters:
    ///   - workingDirectory: absolute; what relative paths of the command line start from. Without
    ///     it a command with a relative path is only found from where we run.
    ///   - readFile: reads a whole file; relative paths start from the working directory.
    ///   - exists: whether a file is there; asked for commands with a slash in their name.
    package static func load(
        path: String, overrides: FlowOverrides = FlowOverrides(), workingDirectory: String = "",
        readFile: (String) throws -> [UInt8], exists: (String) -> Bool = { _ in true }
    ) throws(FlowError) -> (flow: Flow, source: FlowSource) {
        let text = try bytes(
            of: path, readFile,
            else: FlowError(
                .file, "the flow file cannot be read", file: path,
                suggestion: "check the path, and that you may read it"))
        let folder = FlowPath.folder(of: FlowPath.joined(workingDirectory, path))
        var source = FlowSource(
            files: [.init(path: path, bytes: text)], folder: folder, overrides: overrides)
        if let template = try templateFile(of: source, readFile) { source.files.append(template) }
        let document = try FlowDocument(source)
        if let manifest = document.manifest {
            let place =
                overrides.manifest ?? FlowPath.joined(FlowPath.folder(of: path), manifest)
            let text = try bytes(
                of: place, readFile, else: document.missingManifest(manifest))
            source.files.insert(.init(path: manifest, bytes: text), at: 1)
        }
        for job in document.jobManifests where !source.files.contains(where: { $0.path == job }) {
            let place = FlowPath.joined(FlowPath.folder(of: path), job)
            // What cannot be read is told with its place in the flow.
            if let text = try? readFile(place) {
                source.files.append(.init(path: job, bytes: text))
            }
        }
        return (try document.flow(source, exists: exists), source)
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
        try FlowDocument(source).flow(source, exists: { _ in true })
    }

    private static func bytes(
        of path: String, _ readFile: (String) throws -> [UInt8],
        else fault: @autoclosure () -> FlowError
    ) throws(FlowError) -> [UInt8] {
        do {
            return try readFile(path)
        } catch {
            throw fault()
        }
    }
}

extension [FlowError] {
    /// The first in the order of the files, then of their lines; of equals the first found.
    func first(inOrderOf files: [String]) -> FlowError? {
        func rank(_ fault: FlowError) -> (Int, Int, Int) {
            (
                files.firstIndex(of: fault.file) ?? files.count, fault.line ?? 0,
                fault.column ?? 0
            )
        }
        return reduce(nil) { first, fault in
            guard let first else { return fault }
            return rank(fault) < rank(first) ? fault : first
        }
    }
}
