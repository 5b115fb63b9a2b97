internal import JSONTree
internal import Manifests
internal import YAML

/// A flow file with its template and its parameters: what the values are read from.
struct FlowDocument {
    /// The flow's own spec, filled; it comes before the template's.
    let own: FlowField
    let template: FlowField?
    /// What is already known to be wrong.
    private let faults: [FlowError]
    private let overrides: FlowOverrides
    /// The candidate's version from `--set version=…`, where that is no parameter of the flow's.
    let saidVersion: String?

    init(_ source: FlowSource) throws(FlowError) {
        guard let file = source.files.first else {
            throw FlowError(
                .file, "nothing is remembered of the flow", file: source.folder,
                suggestion: "begin a new run")
        }
        overrides = source.overrides
        let written = FlowField(
            file: file.path, document: try Self.document(file.bytes, file.path))
        let template = try Self.template(of: written)
        var parameters = FlowParameters(own: written, template: template)
        let versions = overrides.parameters.filter { $0.name == "version" }
        if parameters.knows("version") {
            parameters.set(overrides.parameters)
            saidVersion = nil
        } else {
            parameters.set(overrides.parameters.filter { $0.name != "version" })
            saidVersion = versions.last?.value
        }
        let filled = parameters.fill(written)
        var check = ShapeCheck()
        check.check(filled, .part(FlowKeys.file))
        let filledTemplate = template.map { template in
            parameters.fill(template.without(written), for: written.at("spec", "template"))
        }
        var templateCheck = ShapeCheck(mayLack: true)
        if let filledTemplate { templateCheck.check(filledTemplate, .part(FlowKeys.file)) }
        faults = parameters.faults + check.faults + templateCheck.faults
        own = filled
        self.template = filledTemplate
    }

    private static func document(_ bytes: [UInt8], _ file: String) throws(FlowError) -> YAMLNode {
        do {
            return try YAMLReader.document(of: bytes, file: file)
        } catch {
            throw FlowError(error, file: file)
        }
    }

    private static func template(of flow: FlowField) throws(FlowError) -> FlowField? {
        guard let field = flow.at("spec", "template"), let name = field.text else { return nil }
        guard let text = FlowTemplates.text(of: name) else {
            throw field.error(
                .unknownName, "unknown template \"\(ShapeCheck.short(name))\"",
                do: NearestName.suggestion(for: name, among: FlowTemplates.names, none: ""))
        }
        let file = "template \(name)"
        return FlowField(file: file, document: try document(Array(text.utf8), file))
    }

    /// What stands behind a key of spec, in the flow or else in its template.
    subscript(key: String) -> FlowField? { own.at("spec", key) ?? template?.at("spec", key) }

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

    /// What to say when the manifest cannot be read; the first fault, if there is one before it.
    func missingManifest(_ manifest: String) -> FlowError {
        let what = "missing file: \(ShapeCheck.short(manifest))"
        guard overrides.manifest == nil, let field = own.at("spec", "target", "manifest") else {
            return FlowError(
                .file, what, file: "--manifest",
                suggestion: "check the path: it starts from the working directory")
        }
        let missing = field.error(
            .file, what, do: "check the path: it starts from the flow's folder")
        return (faults + [missing]).first(inOrderOf: [own.file]) ?? missing
    }

    func flow(_ source: FlowSource, exists: (String) -> Bool) throws(FlowError) -> Flow {
        var reading = FlowReading(document: self, source: source)
        let flow = reading.flow(exists: exists)
        let order = source.files.prefix(1).map(\.path) + (template.map { [$0.file] } ?? [])
        if let fault = (faults + reading.faults).first(inOrderOf: order) { throw fault }
        return flow
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

/// Values for `${name}`: declared by the template, given by the flow, overruled by `--set`.
struct FlowParameters {
    private(set) var faults: [FlowError] = []
    private var values: [(name: String, scalar: YAMLScalar)] = []
    private var empty: [String] = []

    init(own: FlowField, template: FlowField?) {
        for member in template?.at("spec", "parameters")?.members ?? [] {
            declare(member.name, member.field.node.scalar)
        }
        let declared = values.map(\.name) + empty
        for member in own.at("spec", "parameters")?.members ?? [] {
            if template != nil, !declared.contains(member.name) {
                faults.append(
                    member.field.keyError(
                        .parameter, "the template has no parameter \"\(member.name)\"",
                        do: NearestName.suggestion(
                            for: member.name, among: declared, none: "take it away")))
            }
            declare(member.name, member.field.node.scalar)
        }
    }

    private mutating func declare(_ name: String, _ scalar: YAMLScalar?) {
        values.removeAll { $0.name == name }
        empty.removeAll { $0 == name }
        if let scalar, scalar.value != .null {
            values.append((name, scalar))
        } else {
            empty.append(name)
        }
    }

    func knows(_ name: String) -> Bool {
        values.contains { $0.name == name } || empty.contains(name)
    }

    mutating func set(_ settings: [FlowOverrides.Setting]) {
        for setting in settings {
            let known = values.map(\.name) + empty
            guard known.contains(setting.name) else {
                faults.append(
                    FlowError(
                        .parameter, "unknown parameter \"\(ShapeCheck.short(setting.name))\"",
                        file: "--set",
                        suggestion: NearestName.suggestion(
                            for: setting.name, among: known,
                            none: "the flow has no spec.parameters")))
                continue
            }
            declare(setting.name, Self.scalar(setting.value))
        }
    }

    /// What the text means where YAML has it as one plain word; else the text.
    private static func scalar(_ text: String) -> YAMLScalar {
        let read = try? YAMLReader.document(of: Array(text.utf8)).scalar
        if let read, read.isPlain, read.text == text, read.value != .null { return read }
        return YAMLScalar(value: .string(text), text: text, isPlain: false)
    }

    mutating func fill(_ field: FlowField, for user: FlowField? = nil) -> FlowField {
        var substitution = FlowSubstitution(
            file: field.file, values: values, empty: empty, for: user)
        let filled = substitution.fill(field.node)
        faults += substitution.faults
        return FlowField(file: field.file, document: filled)
    }
}
