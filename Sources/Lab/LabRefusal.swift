internal import HTTPMessages
internal import JSONTree

/// Why the API server says no, in its own words.
struct LabRefusal: Error, Sendable {
    struct Cause: Sendable {
        let reason: String
        let message: String
        let field: String
    }

    let status: Int
    let reason: String
    let message: String
    var details: JSONTree?
    var retryAfter: Int?

    var response: HTTPResponse {
        var tree: JSONTree = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure",
            "message": .string(message), "reason": .string(reason),
        ]
        if let details { tree["details"] = details }
        tree["code"] = .integer(status)
        var headers: HTTPHeaders = ["Content-Type": "application/json"]
        if let retryAfter { headers["Retry-After"] = String(retryAfter) }
        return HTTPResponse(status: status, headers: headers, body: .tree(tree))
    }
}

extension LabRefusal {
    private static func details(_ resource: LabResource, _ name: String) -> JSONTree {
        var tree: JSONTree = ["name": .string(name)]
        if !resource.group.isEmpty { tree["group"] = .string(resource.group) }
        tree["kind"] = .string(resource.plural)
        return tree
    }

    static func notFound(_ resource: LabResource, _ name: String) -> LabRefusal {
        LabRefusal(
            status: 404, reason: "NotFound",
            message: "\(resource.qualified) \"\(name)\" not found",
            details: details(resource, name))
    }

    static let noSuchPath = LabRefusal(
        status: 404, reason: "NotFound",
        message: "the server could not find the requested resource", details: [:])

    static func alreadyExists(_ resource: LabResource, _ name: String) -> LabRefusal {
        LabRefusal(
            status: 409, reason: "AlreadyExists",
            message: "\(resource.qualified) \"\(name)\" already exists",
            details: details(resource, name))
    }

    static func modified(_ resource: LabResource, _ name: String) -> LabRefusal {
        conflict(
            resource, name,
            "the object has been modified; please apply your changes to the latest version"
                + " and try again")
    }

    static func conflict(_ resource: LabResource, _ name: String, _ why: String) -> LabRefusal {
        LabRefusal(
            status: 409, reason: "Conflict",
            message: "Operation cannot be fulfilled on \(resource.qualified) \"\(name)\": \(why)",
            details: details(resource, name))
    }

    static func invalid(_ resource: LabResource, _ name: String, _ causes: [Cause]) -> LabRefusal {
        let told = causes.map { "\($0.field): \($0.message)" }
        let text = told.count == 1 ? told[0] : "[\(told.joined(separator: ", "))]"
        var about: JSONTree = ["name": .string(name)]
        if !resource.group.isEmpty { about["group"] = .string(resource.group) }
        about["kind"] = .string(resource.kind)
        about["causes"] = .array(
            causes.map {
                [
                    "reason": .string($0.reason), "message": .string($0.message),
                    "field": .string($0.field),
                ]
            })
        let kind = resource.group.isEmpty ? resource.kind : "\(resource.kind).\(resource.group)"
        return LabRefusal(
            status: 422, reason: "Invalid", message: "\(kind) \"\(name)\" is invalid: \(text)",
            details: about)
    }

    static func badRequest(_ message: String) -> LabRefusal {
        LabRefusal(status: 400, reason: "BadRequest", message: message)
    }

    static let badMethod = LabRefusal(
        status: 405, reason: "MethodNotAllowed",
        message: "the server does not allow this method on the requested resource",
        details: [:])

    /// What the API server says with a status when nothing is known of the cause.
    static func staged(_ status: Int, retryAfter: Int? = nil) -> LabRefusal {
        let (reason, message) =
            switch status {
            case 400: ("BadRequest", "the server rejected our request")
            case 401: ("Unauthorized", "Unauthorized")
            case 403: ("Forbidden", "the request is forbidden: the lab says so")
            case 404: ("NotFound", "the server could not find the requested resource")
            case 409: ("Conflict", "Operation cannot be fulfilled: the lab says so")
            case 410: ("Expired", "The resourceVersion for the provided watch is too old.")
            case 422: ("Invalid", "the object is invalid: the lab says so")
            case 429: ("TooManyRequests", "Too many requests, please try again later.")
            case 500: ("InternalError", "Internal error occurred: the lab says so")
            case 503: ("ServiceUnavailable", "the server is currently unable to handle the request")
            default: ("", "the lab says so")
            }
        return LabRefusal(
            status: status, reason: reason, message: message, details: [:], retryAfter: retryAfter)
    }

    static func gone(_ asked: Int, oldest: Int) -> LabRefusal {
        LabRefusal(
            status: 410, reason: "Expired",
            message: "too old resource version: \(asked) (\(oldest))")
    }
}
