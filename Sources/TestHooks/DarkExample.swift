package import HTTPMessages
package import JSONTree

/// A request that a dark match lets through: what must be added to one to meet the candidate.
package struct DarkExample: Hashable, Sendable {
    package let headers: HTTPHeaders
    /// Parameters for the URL.
    package let parameters: [Parameter]

    package struct Parameter: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(headers: HTTPHeaders, parameters: [Parameter] = []) {
        self.headers = headers
        self.parameters = parameters
    }

    /// Works out an example for Istio's `match`: a list of blocks, or one of them.
    ///
    /// One block is enough, since they are alternatives: the first that can be met is taken.
    package static func derive(from match: JSONTree) throws(HookError) -> DarkExample {
        var first: HookError?
        for block in match.items ?? [match] {
            do {
                return try example(of: block)
            } catch {
                first = first ?? error
            }
        }
        throw first ?? HookError(.noExample, place: "dark.match", detail: "it is empty")
    }

    /// Conditions that no request of ours depends on, or that its path and gateway meet or do not.
    private static let ignored = ["name", "gateways", "statPrefix", "ignoreUriCase"]

    private static func example(of block: JSONTree) throws(HookError) -> DarkExample {
        guard let members = block.members, !members.isEmpty else {
            throw HookError(.noExample, place: "dark.match", detail: "a block is empty")
        }
        var headers = HTTPHeaders()
        var parameters: [Parameter] = []
        for member in members where !ignored.contains(member.key) {
            let place = "dark.match.\(member.key)"
            switch member.key {
            case "headers":
                for header in member.value.members ?? [:] {
                    let value = try value(for: header.value, at: "\(place).\(header.key)")
                    headers.lines.append(.init(name: header.key, value: value))
                }
            case "queryParams":
                for parameter in member.value.members ?? [:] {
                    let value = try value(for: parameter.value, at: "\(place).\(parameter.key)")
                    parameters.append(Parameter(parameter.key, value))
                }
            case "withoutHeaders":
                break
            default:
                throw HookError(
                    .noExample, place: place,
                    detail: "only headers and queryParams can be met by a test's request")
            }
        }
        for name in block["withoutHeaders"]?.members?.keys ?? [] where headers[name] != nil {
            throw HookError(
                .noExample, place: "dark.match.withoutHeaders.\(name)",
                detail: "the same header is asked for")
        }
        if headers.lines.isEmpty, parameters.isEmpty {
            throw HookError(
                .noExample, place: "dark.match",
                detail: "it asks for no header and no parameter, so it would match everybody")
        }
        return DarkExample(headers: headers, parameters: parameters)
    }

    /// The text that meets Istio's StringMatch.
    private static func value(for match: JSONTree, at place: String) throws(HookError) -> String {
        let value: String
        if let exact = match["exact"]?.text {
            value = exact
        } else if let prefix = match["prefix"]?.text {
            value = prefix
        } else if let pattern = match["regex"]?.text {
            do {
                value = try PatternExample.text(for: pattern)
            } catch {
                throw HookError(.noExample, place: place, detail: error.reason)
            }
        } else if match == .null || match.members?.isEmpty == true {
            value = "1"
        } else {
            throw HookError(
                .noExample, place: place, detail: "it is neither exact, prefix nor regex")
        }
        guard !value.utf8.contains(where: { $0 < 32 || $0 == 127 }), !value.isEmpty else {
            throw HookError(
                .noExample, place: place, detail: "what matches cannot stand in a header")
        }
        return value
    }
}
