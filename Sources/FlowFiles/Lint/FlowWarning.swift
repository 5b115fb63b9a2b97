internal import YAML

/// What is right in a flow, and will hardly do what its writer wants.
package struct FlowWarning: Hashable, Sendable {
    /// Stands in what `lint` writes, and in docs/FLOWS.md.
    package enum Code: String, Hashable, Sendable, CaseIterable {
        /// No gate decides anything.
        case noGate = "no-gate"
        /// Half of the users come before any gate has judged.
        case noEarlyGate = "no-early-gate"
        /// The first share of users is half of them or more, and not all.
        case greatFirstShare = "great-first-share"
        /// Nothing judges a great share before the next.
        case unjudgedWeight = "unjudged-weight"
        /// A bake ends before its gates can have seen what they need.
        case shortBake = "short-bake"
        case shortRest = "short-rest"
        /// A gate cannot get its requests at this weight and load.
        case fewSamples = "few-samples"
        /// Users stay with a version, which `sequential` does not foresee.
        case stickySequential = "sticky-sequential"
        case unusedTest = "unused-test"
        case unusedGate = "unused-gate"
        case unusedSource = "unused-source"
        case unusedParameter = "unused-parameter"
        /// What follows when a test that may run only once is cut off was left to us.
        case cutOff = "cut-off"
        /// What only tells may hold the end of a run up for long.
        case slowHook = "slow-hook"
        /// The API server will refuse the manifest's autoscaler.
        case autoscalerRange = "autoscaler-range"
        /// The manifest's autoscaler scales something else.
        case autoscalerTarget = "autoscaler-target"
    }

    package let code: Code
    package let file: String
    package let line: Int
    package let column: Int
    /// `spec.steps[3].weight`.
    package let path: String
    package let what: String
    package let suggestion: String

    init(_ code: Code, _ what: String, at field: FlowField, do suggestion: String) {
        self.code = code
        self.what = what
        self.suggestion = suggestion
        file = field.file
        line = field.opening.line
        column = field.opening.column
        path = field.path.pathText
    }
}
