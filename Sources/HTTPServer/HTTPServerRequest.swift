package import HTTPMessages

/// One request as it came, with its body.
package struct HTTPServerRequest: Sendable {
    /// One `name=value` of the query, decoded.
    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let method: String
    /// Decoded; `rawPath` is what was sent, for who must tell "%2F" from "/".
    package let path: String
    package let rawPath: String
    /// What stands after the "?", as sent; nil where there is none.
    package let query: String?
    package let parameters: [Parameter]
    package let headers: HTTPHeaders
    package let body: [UInt8]
    /// Which connection it came on: requests with the same number shared one.
    package let connection: Int

    package init(
        method: String, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        connection: Int = 0
    ) {
        self.method = method
        let (path, query) = Self.cut(target[...], at: "?")
        rawPath = String(path)
        self.path = Self.decoded(path, plusIsSpace: false)
        self.query = query.map(String.init)
        parameters = (query ?? "").split(separator: "&").map { pair in
            let (name, value) = Self.cut(pair, at: "=")
            return Parameter(
                name: Self.decoded(name, plusIsSpace: true),
                value: Self.decoded(value ?? "", plusIsSpace: true))
        }
        self.headers = headers
        self.body = body
        self.connection = connection
    }

    /// The first parameter of that name.
    package subscript(parameter name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    private static func cut(
        _ text: Substring, at mark: Character
    ) -> (before: Substring, after: Substring?) {
        guard let index = text.firstIndex(of: mark) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    /// Undoes percent-encoding; what is no such code stays as it is.
    private static func decoded(_ text: Substring, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let code = UInt8(hexadecimal: rest.prefix(2)) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 32 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate init?(hexadecimal digits: Substring.UTF8View.SubSequence) {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case 0x30...0x39: value = value << 4 | (digit - 0x30)
            case 0x41...0x46: value = value << 4 | (digit - 0x37)
            case 0x61...0x66: value = value << 4 | (digit - 0x57)
            default: return nil
            }
        }
        self = value
    }
}
