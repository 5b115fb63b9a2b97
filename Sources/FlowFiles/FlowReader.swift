/// Reads flows.
package enum FlowReader {
    /// Reads a flow and the manifest that it names; also says what a run must remember of them.
    ///
    /// - Parameters:
    ///   - workingDirectory: absolute; what relative paths of the command line start from.
    ///   - exists: whether a file is there; asked for commands with a slash in their name.
    ///   - readFile: reads a whole file; relative paths start from the working directory.
    package static func load(
        path: String, overrides: FlowOverrides = FlowOverrides(), workingDirectory: String,
        exists: (String) -> Bool = { _ in true }, readFile: (String) throws -> [UInt8]
    ) throws(FlowError) -> (flow: Flow, source: FlowSource) {
        let flowFile = FlowSource.File(
            path: path,
            bytes: try bytes(
                of: path, named: path, as: "the flow file", do: "check the path", readFile))
        let folder = FlowPath.folder(of: FlowPath.joined(workingDirectory, path))
        var source = FlowSource(files: [flowFile], folder: folder, overrides: overrides)
        let document = try FlowDocument(source)
        if let manifest = document.manifest {
            let place = document.manifestPlace(path)
            let isOption = overrides.manifest != nil
            let suggestion =
                isOption
                ? "check the path: it starts from the working directory"
                : "check target.manifest: it starts from the flow's folder"
            let bytes = try bytes(
                of: isOption ? manifest : FlowPath.joined(FlowPath.folder(of: path), manifest),
                named: place, as: "the manifest", do: suggestion, readFile)
            source.files.append(.init(path: manifest, bytes: bytes))
        }
        return (try document.flow(source, exists: exists), source)
    }

    /// Reads the same flow again from what a run remembers; touches no file.
    package static func read(_ source: FlowSource) throws(FlowError) -> Flow {
        try FlowDocument(source).flow(source, exists: { _ in true })
    }

    private static func bytes(
        of path: String, named place: String, as what: String, do suggestion: String,
        _ readFile: (String) throws -> [UInt8]
    ) throws(FlowError) -> [UInt8] {
        do {
            return try readFile(path)
        } catch {
            throw FlowError(
                .file, "\(what) \(path) cannot be read", file: place,
                suggestion: "\(suggestion), and that you may read it")
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
