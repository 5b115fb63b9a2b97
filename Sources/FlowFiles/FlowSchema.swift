package import JSONTree

/// The table of keys as a JSON Schema (draft 2020-12), for editors.
///
/// Says what a file may look like; what does not go together, only `lint` finds.
package struct FlowSchema: Sendable {
    /// Of files that others fill: nothing must be there yet.
    private let mayLack: Bool

    package static let flow = FlowSchema(mayLack: false)
    package static let template = FlowSchema(mayLack: true)

    package var tree: JSONTree {
        var schema: JSONTree = [
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": .string(mayLack ? "A template of flows" : "A flow"),
        ]
        add(part(FlowKeys.file), to: &schema)
        schema["$defs"] = [
            "placeholder": Self.pattern("\\$\\{[^}]*\\}"),
            "duration": Self.pattern("(?=.*[1-9])([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?"),
            "name": Self.pattern("[a-z0-9]([a-z0-9.-]*[a-z0-9])?"),
            "percentage": Self.pattern("[0-9]+(\\.[0-9]+)?%"),
            "change": Self.pattern("[+-]?[0-9]+(\\.[0-9]+)?%"),
            "size": Self.pattern("[0-9]{1,7}(Gi|Mi|Ki|G|M|k)"),
            "statuses": [
                "anyOf": [
                    Self.pattern("[1-5](xx|[0-9]{2}(-[1-5][0-9]{2})?)"), ["type": "integer"],
                ]
            ],
            "secret": part(FlowKeys.secret),
            "step": step,
        ]
        return schema
    }

    private func add(_ other: JSONTree, to schema: inout JSONTree) {
        for member in other.members ?? [:] { schema[member.key] = member.value }
    }

    private static func pattern(_ text: String) -> JSONTree {
        ["type": "string", "pattern": .string("^\(text)$")]
    }

    private static func named(_ name: String) -> JSONTree {
        ["$ref": .string("#/$defs/\(name)")]
    }

    /// Anything but text may be filled in by a parameter.
    private static func filled(_ schema: JSONTree) -> JSONTree {
        ["anyOf": [schema, named("placeholder")]]
    }

    private static let scalar: JSONTree = ["type": ["string", "number", "boolean"]]

    private func schema(of shape: FlowShape) -> JSONTree {
        switch shape {
        case .text: Self.scalar
        case .name: Self.filled(Self.named("name"))
        case .address: Self.filled(Self.pattern("https?://[^@/?# ]+([/?#][!-~]*)?"))
        case .whole(let range):
            Self.filled([
                "type": "integer", "minimum": .integer(range.lowerBound),
                "maximum": .integer(range.upperBound),
            ])
        case .decimal: Self.filled(["type": "number"])
        case .flag: Self.filled(["type": "boolean"])
        case .duration: Self.filled(Self.named("duration"))
        case .percentage: Self.filled(Self.named("percentage"))
        case .change: Self.filled(Self.named("change"))
        case .size: Self.filled(Self.named("size"))
        case .words(let words): Self.filled(["enum": .array(words.map(JSONTree.string))])
        case .statuses: Self.filled(Self.named("statuses"))
        case .texts: ["type": "array", "items": Self.scalar]
        case .textMap: ["type": "object", "additionalProperties": Self.scalar]
        case .nothing: ["type": "null"]
        case .anything: ["not": ["type": "null"]]
        case .parameter:
            [
                "anyOf": [
                    ["type": ["string", "number", "boolean", "null"]], part(FlowKeys.parameter),
                ]
            ]
        case .secret: Self.named("secret")
        case .part(let part): self.part(part)
        case .named(let inner):
            ["type": "object", "additionalProperties": schema(of: inner)]
        case .list(let inner): ["type": "array", "items": schema(of: inner)]
        case .either(let word, let rest): ["anyOf": [schema(of: word), schema(of: rest)]]
        case .steps: ["type": "array", "items": Self.named("step")]
        case .step: Self.named("step")
        }
    }

    private func property(_ key: FlowKey) -> JSONTree {
        var schema = schema(of: key.shape)
        schema["description"] = .string(key.summary)
        if let usual = key.usual { schema["default"] = .string(usual) }
        return schema
    }

    private func part(_ part: FlowPart) -> JSONTree {
        var schema: JSONTree = [
            "type": "object", "additionalProperties": false,
            "properties": .object(JSONObject(part.keys.map { ($0.name, property($0)) })),
        ]
        let required = part.keys.filter(\.isRequired).map { JSONTree.string($0.name) }
        if !required.isEmpty, !mayLack { schema["required"] = .array(required) }
        if !part.oneOf.isEmpty, !mayLack {
            schema["oneOf"] = .array(part.oneOf.map { ["required": [.string($0)]] })
        }
        return schema
    }

    /// A bare word, or one key with what stands behind it, and perhaps a name.
    private var step: JSONTree {
        let bare = FlowKeys.steps.filter(\.isBare).map { JSONTree.string($0.name) }
        var properties: [(String, JSONTree)] = [
            ("name", property(FlowKey("name", .name, "What the step is called.")))
        ]
        for key in FlowKeys.steps {
            var schema = schema(of: key.shape)
            if key.isBare { schema = ["anyOf": [schema, ["type": "null"]]] }
            schema["description"] = .string(key.summary)
            properties.append((key.name, schema))
        }
        let one = FlowKeys.steps.map { key -> JSONTree in ["required": [.string(key.name)]] }
        return [
            "anyOf": [
                ["enum": .array(bare)],
                [
                    "type": "object", "additionalProperties": false,
                    "properties": .object(JSONObject(properties)), "oneOf": .array(one),
                ],
            ]
        ]
    }
}
