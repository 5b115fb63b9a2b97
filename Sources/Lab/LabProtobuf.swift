internal import JSONTree

/// Objects as `kubectl create` and its like send them: Kubernetes' protocol buffers, as JSON.
///
/// Only for the messages of `LabProtobufSchema`. What those do not name is refused, never dropped.
struct LabProtobuf {
    /// What a field holds, and so how it is read; empty values are left out, as in Go's JSON.
    indirect enum Field: Sendable {
        case text(String)
        case texts(String)
        case whole(String)
        case flag(String)
        /// Numbers and flags that are sent only when they are set: 0 and false are kept.
        case setWhole(String)
        case setFlag(String)
        case message(String, Message)
        case messages(String, Message)
        case texted(String)
        case coded(String)
        case measured(String)
        case either(String)
        /// Read and left out: no client says it.
        case nothing
    }

    /// The fields of a message by their numbers.
    struct Message: Sendable {
        let name: String
        let fields: [Int: Field]
    }

    private enum Value {
        case number(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    private static let magic: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    static func tree(of bytes: [UInt8]) throws(LabRefusal) -> JSONTree {
        guard bytes.starts(with: magic) else { throw malformed }
        var version = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        for (number, value) in try values(bytes.dropFirst(magic.count)) {
            guard case .bytes(let inner) = value else { throw malformed }
            switch number {
            case 1:
                for (number, value) in try values(inner) {
                    if number == 1 { version = try text(value) }
                    if number == 2 { kind = try text(value) }
                }
            case 2: raw = inner
            default: break
            }
        }
        guard let message = LabProtobufSchema.message(version, kind) else {
            throw unread("a \(kind) of \(version)")
        }
        var tree = try object(raw, message)
        tree["apiVersion"] = .string(version)
        tree["kind"] = .string(kind)
        return .object(tree)
    }

    private static func object(_ bytes: ArraySlice<UInt8>, _ message: Message) throws(LabRefusal)
        -> JSONObject
    {
        var tree: JSONObject = [:]
        for (number, value) in try values(bytes) {
            guard let field = message.fields[number] else {
                if isEmpty(value) { continue }
                throw unread("field \(number) of a \(message.name)")
            }
            try read(value, field, into: &tree)
        }
        return tree
    }

    private static func read(_ value: Value, _ field: Field, into tree: inout JSONObject)
        throws(LabRefusal)
    {
        func add(_ item: JSONTree, to name: String) {
            tree[name] = .array((tree[name]?.items ?? []) + [item])
        }
        switch field {
        case .nothing: break
        case .text(let name):
            let text = try text(value)
            if !text.isEmpty { tree[name] = .string(text) }
        case .texts(let name): add(.string(try text(value)), to: name)
        case .whole(let name):
            let number = try whole(value)
            if number != 0 { tree[name] = .integer(number) }
        case .setWhole(let name): tree[name] = .integer(try whole(value))
        case .flag(let name): if try whole(value) != 0 { tree[name] = true }
        case .setFlag(let name): tree[name] = .bool(try whole(value) != 0)
        case .message(let name, let message):
            let inner = try object(try bytes(value), message)
            if !inner.isEmpty { tree[name] = .object(inner) }
        case .messages(let name, let message):
            add(.object(try object(try bytes(value), message)), to: name)
        case .texted(let name):
            let (key, value) = try entry(value)
            try set(.string(try text(value)), name, key, &tree)
        case .coded(let name):
            let (key, value) = try entry(value)
            try set(.string(base64(try bytes(value))), name, key, &tree)
        case .measured(let name):
            let (key, value) = try entry(value)
            let parts = try values(try bytes(value))
            try set(.string(try text(parts.first?.1)), name, key, &tree)
        case .either(let name):
            var parts: [Int: Value] = [:]
            for (number, value) in try values(try bytes(value)) { parts[number] = value }
            let isText = try whole(parts[1]) == 1
            tree[name] =
                isText
                ? .string(try text(parts[3]))
                : .integer(try whole(parts[2]))
        }
    }

    private static func set(
        _ value: JSONTree, _ name: String, _ key: String, _ tree: inout JSONObject
    ) throws(LabRefusal) {
        var members = tree[name]?.members ?? [:]
        members[key] = value
        tree[name] = .object(members)
    }

    // MARK: The wire

    /// The fields of a message, in their order.
    private static func values(_ bytes: ArraySlice<UInt8>) throws(LabRefusal) -> [(Int, Value)] {
        var rest = bytes
        var values: [(Int, Value)] = []
        while !rest.isEmpty {
            let tag = try number(&rest)
            let place = Int(truncatingIfNeeded: tag >> 3)
            switch tag & 7 {
            case 0: values.append((place, .number(try number(&rest))))
            case 2:
                let size = try number(&rest)
                guard size <= UInt64(rest.count) else { throw malformed }
                values.append((place, .bytes(rest.prefix(Int(size)))))
                rest = rest.dropFirst(Int(size))
            default: throw malformed
            }
        }
        return values
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) throws(LabRefusal) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { throw malformed }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw malformed
    }

    private static func entry(_ value: Value) throws(LabRefusal) -> (String, Value) {
        var key = ""
        var content = Value.bytes([])
        for (number, part) in try values(try bytes(value)) {
            if number == 1 { key = try text(part) }
            if number == 2 { content = part }
        }
        return (key, content)
    }

    private static func bytes(_ value: Value) throws(LabRefusal) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = value else { throw malformed }
        return bytes
    }

    private static func text(_ value: Value?) throws(LabRefusal) -> String {
        guard let value else { return "" }
        guard let text = String(validating: try bytes(value), as: UTF8.self) else {
            throw malformed
        }
        return text
    }

    private static func whole(_ value: Value?) throws(LabRefusal) -> Int {
        guard let value else { return 0 }
        guard case .number(let number) = value else { throw malformed }
        return Int(truncatingIfNeeded: number)
    }

    private static func isEmpty(_ value: Value) -> Bool {
        switch value {
        case .number(let number): number == 0
        case .bytes(let bytes): bytes.isEmpty
        }
    }

    private static func base64(_ bytes: ArraySlice<UInt8>) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var text = ""
        var rest = bytes
        while !rest.isEmpty {
            let part = rest.prefix(3)
            rest = rest.dropFirst(3)
            let bits =
                part.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - part.count))
            for place in 0...3 {
                text.append(place > part.count ? "=" : letters[bits >> (18 - 6 * place) & 63])
            }
        }
        return text
    }

    // MARK: Refusals

    private static let malformed = LabRefusal.badRequest(
        "the object provided is unrecognized: it is no protocol buffer of Kubernetes")

    private static func unread(_ what: String) -> LabRefusal {
        LabRefusal(
            status: 415, reason: "UnsupportedMediaType",
            message: "the lab reads \(what) as JSON only: write the object into a file, and use"
                + " kubectl apply -f or kubectl create -f")
    }
}
