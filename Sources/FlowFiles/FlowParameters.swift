internal import JSONTree
internal import YAML

/// What a parameter's value may be, where its declaration says so.
enum ParameterKind: String, CaseIterable, Sendable {
    case text
    case name
    case address
    case whole
    case weight
    case number
    case flag
    case duration
    case percentage
    case size

    var shape: FlowShape {
        switch self {
        case .text: .text
        case .name: .name
        case .address: .address
        case .whole: .whole(0...1_000_000_000)
        case .weight: .whole(1...100)
        case .number: .decimal
        case .flag: .flag
        case .duration: .duration
        case .percentage: .percentage
        case .size: .size
        }
    }

    /// Values that such a parameter may have, for trying what becomes of it.
    var samples: [String] {
        switch self {
        case .whole, .weight: ["1", "10", "50", "90", "100"]
        case .duration: ["1m", "10m", "1h"]
        case .flag: ["true", "false"]
        case .percentage: ["10%", "50%", "99%"]
        case .text, .name, .address, .number, .size: [sample.text]
        }
    }

    /// Stands where a value is missing or wrong, which was told already.
    fileprivate var sample: YAMLScalar {
        let (value, text): (JSONTree, String) =
            switch self {
            case .text, .name: (.string("x"), "x")
            case .address: (.string("http://x"), "http://x")
            case .whole, .weight: (.integer(1), "1")
            case .number: (.integer(1), "1")
            case .flag: (.bool(true), "true")
            case .duration: (.string("1m"), "1m")
            case .percentage: (.string("1%"), "1%")
            case .size: (.string("1Mi"), "1Mi")
            }
        return YAMLScalar(value: value, text: text, isPlain: true)
    }
}

/// Values for `${name}`: declared by the template, given by the flow, overruled by `--set`.
struct FlowParameters {
    private struct Parameter {
        let name: String
        let kind: ParameterKind?
        /// Must be given, whatever it is used for.
        let isRequired: Bool
        /// Where it is given, else declared.
        var field: FlowField
        var scalar: YAMLScalar?
    }

    private(set) var faults: [FlowError] = []
    private let file: String
    private var used: Set<String> = []
    private var parameters: [Parameter] = []

    init(own: FlowField, template: FlowField?) {
        file = own.file
        for member in (template ?? own).at("spec", "parameters")?.members ?? [] {
            declare(member.name, member.field)
        }
        guard template != nil else { return }
        for member in own.at("spec", "parameters")?.members ?? [] {
            guard let place = parameters.firstIndex(where: { $0.name == member.name }) else {
                faults.append(
                    member.field.keyError(
                        .parameter, "the template has no parameter \"\(member.name)\"",
                        do: NearestName.suggestion(
                            for: member.name, among: parameters.map(\.name), none: "take it away")))
                // Known all the same, or each place that uses it would be told as well.
                declare(member.name, member.field)
                continue
            }
            if member.field.node.members != nil {
                faults.append(
                    member.field.keyError(
                        .parameter, "parameter \"\(member.name)\" must be a value, found a mapping",
                        do: "write the value alone: what it may be is the template's to say"))
                continue
            }
            give(member.field, to: place)
        }
    }

    /// A value alone is its default.
    private mutating func declare(_ name: String, _ field: FlowField) {
        let said = field.node.members == nil ? field : field["default"]
        var parameter = Parameter(
            name: name, kind: (field["type"]?.text).flatMap(ParameterKind.init),
            isRequired: field["required"]?.flag == true, field: field)
        if let said, let scalar = said.node.scalar, scalar.value != .null {
            if parameter.isRequired {
                faults.append(
                    said.keyError(
                        .contradiction, "parameter \"\(name)\" is required, and has a default",
                        do: "keep one of the two"))
            }
            parameter.scalar = checked(said, name, parameter.kind) ? scalar : parameter.kind?.sample
        }
        parameters.append(parameter)
    }

    private mutating func give(_ field: FlowField, to place: Int) {
        guard let scalar = field.node.scalar else { return }
        let parameter = parameters[place]
        if field.file != "--set" { parameters[place].field = field }
        guard scalar.value != .null else {
            parameters[place].scalar = nil
            return
        }
        let isFit = checked(field, parameter.name, parameter.kind)
        parameters[place].scalar = isFit ? scalar : parameter.scalar ?? parameter.kind?.sample
    }

    /// Whether a value is what its parameter may be; tells where it is not.
    private mutating func checked(_ field: FlowField, _ name: String, _ kind: ParameterKind?)
        -> Bool
    {
        guard let kind else { return true }
        var check = ShapeCheck()
        check.check(field, kind.shape)
        guard !check.faults.isEmpty else { return true }
        let found = field.text.map { "\"\(ShapeCheck.short($0))\"" } ?? field.kind
        faults.append(
            field.error(
                .parameter, "parameter \"\(name)\" must be \(kind.shape.wish), found \(found)",
                do: kind.shape.example))
        return false
    }

    /// The flow's own that nothing uses.
    var unused: [FlowField] {
        parameters.filter { !used.contains($0.name) && $0.field.file == file }.map(\.field)
    }

    func knows(_ name: String) -> Bool { parameters.contains { $0.name == name } }

    mutating func set(_ settings: [FlowOverrides.Setting]) {
        for setting in settings {
            guard let place = parameters.firstIndex(where: { $0.name == setting.name }) else {
                faults.append(
                    FlowError(
                        .parameter, "unknown parameter \"\(ShapeCheck.short(setting.name))\"",
                        file: "--set",
                        suggestion: NearestName.suggestion(
                            for: setting.name, among: parameters.map(\.name),
                            none: "the flow has no spec.parameters")))
                continue
            }
            let node = YAMLNode(
                .scalar(Self.scalar(setting.value)), at: YAMLPlace(line: 1, column: 1))
            let before = faults.count
            give(FlowField(file: "--set", document: node), to: place)
            // A place in the command line is the option's name.
            for index in faults.indices.dropFirst(before) {
                faults[index] = FlowError(
                    .parameter, faults[index].what, file: "--set",
                    suggestion: faults[index].suggestion)
            }
        }
    }

    /// Says what must have been given and was not; `user` names the template, nil for a flow's own.
    mutating func close(for user: FlowField?) {
        for parameter in parameters where parameter.isRequired && parameter.scalar == nil {
            let name = parameter.name
            let remedy = "give it under spec.parameters, or with --set \(name)=…"
            faults.append(
                user?.error(.parameter, "the template needs parameter \"\(name)\"", do: remedy)
                    ?? parameter.field.keyError(
                        .parameter, "parameter \"\(name)\" has no value",
                        do: "give it with --set \(name)=…"))
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
            file: field.file, values: parameters.map(Self.value), for: user)
        let filled = substitution.fill(field.node)
        faults += substitution.faults
        used.formUnion(substitution.used)
        return FlowField(file: field.file, document: filled)
    }

    private static func value(_ parameter: Parameter) -> FlowSubstitution.Value {
        // What is required and missing was told; what is not is told where it is used.
        let standIn =
            parameter.isRequired ? parameter.kind?.sample ?? ParameterKind.text.sample : nil
        return .init(
            name: parameter.name, scalar: parameter.scalar ?? standIn,
            standIn: parameter.kind?.sample)
    }
}
