internal import YAML

/// What is wrong with a flow, in which line, and what to do about it.
///
/// What it says comes from keys, names and the flow's own short words; never from a manifest's values.
package struct FlowError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: String, Hashable, Sendable {
        /// A file that is not there or cannot be read.
        case file
        /// No YAML, or none that we take.
        case syntax
        case unknownKey = "unknown-key"
        case missingKey = "missing-key"
        /// Of another type, or no duration, percentage, number in range …
        case wrongValue = "wrong-value"
        /// A test, gate, step, template or container that is not there.
        case unknownName = "unknown-name"
        case parameter
        /// Steps that cannot stand in this order, or cannot be reached.
        case order
        /// Parts that do not go together, or need one that is missing.
        case contradiction
        case notInThisVersion = "not-in-this-version"
        /// Objects that a run cannot make.
        case manifest
    }

    package let code: Code
    /// As it was given, or the option of the command line: `--image`.
    package let file: String
    package let line: Int?
    package let column: Int?
    /// `spec.steps[3].weight`; empty for a whole file.
    package let path: String
    package let what: String
    package let suggestion: String
    /// Its line may hold a secret, and is never shown.
    package let hidesLine: Bool

    init(
        _ code: Code, _ what: String, file: String, place: YAMLPlace? = nil, path: String = "",
        suggestion: String, hidesLine: Bool = false
    ) {
        self.hidesLine = hidesLine
        self.code = code
        self.what = what
        self.file = file
        line = place?.line
        column = place?.column
        self.path = path
        self.suggestion = suggestion
    }

    init(_ error: YAMLError, file: String) {
        self.init(
            .syntax, error.reason, file: file, place: error.place, suggestion: error.remedy)
    }

    /// `reviews.yaml:12:3 (spec.stepz)`.
    package var place: String {
        var text = file
        if let line, let column { text += ":\(line):\(column)" }
        return path.isEmpty ? text : "\(text) (\(path))"
    }

    package var description: String {
        """
        flow: \(what)
          where: \(place)
          do:    \(suggestion)
        """
    }
}
