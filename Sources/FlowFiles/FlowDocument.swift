internal import JSONTree
internal import Manifests
internal import YAML

/// A flow file with its template and its parameters: what the values are read from.
struct FlowDocument {
    /// The flow's own spec, filled; it comes before the template's.
    let own: FlowField
    let template: FlowField?
    /// Given, and nowhere filled in.
    let unusedParameters: [FlowField]
    /// What is already known to be wrong.
    private let faults: [FlowError]
    private let overrides: FlowOverrides
    /// The candidate's version from `--set version=…`, where that is no parameter of the flow's.
    let saidVersion: String?

    /// The steps in their order; each field knows its own file.
    let steps: [FlowField]

    init(_ source: FlowSource) throws(FlowError) {
        guard let file = source.files.first else {
            throw FlowError(
                .file, "nothing is remembered of the flow", file: source.folder,
                suggestion: "begin a new run")
        }
        overrides = source.overrides
        let written = FlowField(
            file: file.path, document: try Self.document(file.bytes, file.path))
        var lost: [FlowError] = []
        var template: FlowField?
        do throws(FlowError) {
            template = try Self.template(of: written, in: source)
        } catch {
            lost = [error]
        }
        var parameters = FlowParameters(own: written, template: template)
        let versions = overrides.parameters.filter { $0.name == "version" }
        if parameters.knows("version") {
            parameters.set(overrides.parameters)
            saidVersion = nil
        } else {
            parameters.set(overrides.parameters.filter { $0.name != "version" })
            saidVersion = versions.last?.value
        }
        let asking = written.at("spec", "template")
        parameters.close(for: template == nil ? nil : asking)
        let adjusted = AdjustedSteps(own: written, template: template)
        let filled = parameters.fill(written)
        var check = ShapeCheck()
        check.check(filled, .part(FlowKeys.file))
        let filledTemplate = template.map { template in
            parameters.fill(
                template.without(written).withoutSteps(adjusted.dropped), for: asking)
        }
        var templateCheck = ShapeCheck(mayLack: true)
        if let filledTemplate { templateCheck.check(filledTemplate, .part(FlowKeys.file)) }
        unusedParameters = parameters.unused
        faults = lost + parameters.faults + adjusted.faults + check.faults + templateCheck.faults
        own = filled
        self.template = filledTemplate
        steps = adjusted.fields(own: filled, template: filledTemplate)
    }

    private static func document(_ bytes: [UInt8], _ file: String) throws(FlowError) -> YAMLNode {
        do {
            return try YAMLReader.document(of: bytes, file: file)
        } catch {
            throw FlowError(error, file: file)
        }
    }

    /// A template's name, or the path of one from the flow's folder; nil where none is named.
    static func templateName(in source: FlowSource) throws(FlowError) -> String? {
        guard let file = source.files.first else { return nil }
        return try document(file.bytes, file.path).at("spec", "template")?.scalar?.text
    }

    private static func template(of flow: FlowField, in source: FlowSource) throws(FlowError)
        -> FlowField?
    {
        guard let field = flow.at("spec", "template"), let name = field.text else { return nil }
        let path = FlowTemplates.path(of: name)
        let kept = source.files.dropFirst().first { $0.path == path }?.bytes
        guard let bytes = kept ?? FlowTemplates.text(of: name).map({ Array($0.utf8) }) else {
            throw missingTemplate(name, field)
        }
        let file = FlowTemplates.place(of: path, from: flow.file)
        let template = FlowField(file: file, document: try document(bytes, file))
        if let inner = template.at("spec", "template") {
            throw inner.keyError(
                .contradiction, "a template has no template of its own",
                do: "write its steps out; theseus flows show NAME prints those of a template")
        }
        return template
    }

    private static func missingTemplate(_ name: String, _ field: FlowField) -> FlowError {
        if FlowTemplates.isPath(name) {
            return field.error(
                .file, "missing template: \(ShapeCheck.short(name))",
                do: "check the path: it starts from the flow's folder")
        }
        return field.error(
            .unknownName, "unknown template \"\(ShapeCheck.short(name))\"",
            do: NearestName.suggestion(for: name, among: FlowTemplates.names, none: ""))
    }

    /// What stands behind a key of spec, in the flow or else in its template.
    subscript(key: String) -> FlowField? { own.at("spec", key) ?? template?.at("spec", key) }

    /// Where a person looks for the steps as a whole.
    ///
    /// nil where the template that would have them is not there.
    var placeOfSteps: FlowField? {
        if template == nil, own.at("spec", "template") != nil { return nil }
        return own.at("spec", "adjust") ?? self["steps"]
    }

    /// Named things of both; of equal names the flow's own.
    func named(_ key: String) -> [(name: String, field: FlowField)] {
        let mine = own.at("spec", key)?.members ?? []
        let theirs = template?.at("spec", key)?.members ?? []
        return mine + theirs.filter { other in !mine.contains { $0.name == other.name } }
    }

    /// The manifest's path as written.
    var manifest: String? { overrides.manifest ?? own.at("spec", "target", "manifest")?.text }

    /// Paths of the manifests of Jobs, as written.
    var jobManifests: [String] {
        named("tests").compactMap { $0.field.at("job", "manifest")?.text }
    }

    /// What to say when the manifest cannot be read.
    func missingManifest(_ manifest: String) -> FlowError {
        let what = "missing file: \(ShapeCheck.short(manifest))"
        guard overrides.manifest == nil, let field = own.at("spec", "target", "manifest") else {
            return FlowError(
                .file, what, file: "--manifest",
                suggestion: "check the path: it starts from the working directory")
        }
        return field.error(.file, what, do: "check the path: it starts from the flow's folder")
    }

    func flow(_ source: FlowSource, programs: (String) -> ProgramFile) throws(FlowError) -> Flow {
        let seen = examination(source, [], programs, lint: nil)
        guard let flow = seen.flow else { throw seen.faults[0] }
        return flow
    }

    /// How many requests a second users send, if anybody said so.
    struct Load {
        let rate: Double?
    }

    /// - Parameters:
    ///   - missing: what else is known to be wrong.
    ///   - lint: nil: nobody asks what is unwise.
    func examination(
        _ source: FlowSource, _ missing: [FlowError], _ programs: (String) -> ProgramFile,
        lint load: Load?
    ) -> FlowExamination {
        var reading = FlowReading(document: self, source: source)
        let flow = reading.flow(programs: programs)
        let order = source.files.prefix(1).map(\.path) + (template.map { [$0.file] } ?? [])
        let faults = (faults + missing + reading.faults).inOrder(of: order)
        let name = own.at("spec", "template")?.text.map(FlowTemplates.path)
        guard faults.isEmpty else {
            return FlowExamination(source, faults: faults, template: name)
        }
        guard let load else { return FlowExamination(source, faults: [], flow: flow) }
        var lint = FlowLint(flow, self, reading.placed, rate: load.rate)
        lint.look()
        return FlowExamination(
            source, faults: [], flow: flow, warnings: lint.warnings, template: name)
    }
}

extension FlowField {
    /// A template without what a flow has of its own: keys of spec, single tests and gates.
    fileprivate func without(_ flow: FlowField) -> FlowField {
        func kept(_ node: YAMLNode, _ own: YAMLNode?, inside: [String]) -> YAMLNode {
            guard let members = node.members, let own else { return node }
            let left = members.compactMap { member -> YAMLMember? in
                guard let mine = own[member.key] else { return member }
                guard inside.contains(member.key) else { return nil }
                return YAMLMember(
                    key: member.key, place: member.place,
                    value: kept(member.value, mine, inside: []))
            }
            return YAMLNode(.mapping(left), at: node.place)
        }
        let left = (node.members ?? []).map { member in
            guard member.key == "spec" else { return member }
            let spec = kept(
                member.value, flow.node["spec"],
                inside: ["tests", "gates", "sources", "parameters"])
            return YAMLMember(key: member.key, place: member.place, value: spec)
        }
        return FlowField(file: file, document: YAMLNode(.mapping(left), at: node.place))
    }
}
