internal import JSONTree

/// The flow as it grows.
struct FlowDraft {
    /// A key, what stands behind it, and what is said above it.
    struct Entry {
        var name: String
        var tree: JSONTree
        var comments: [String] = []
        /// Written as a comment: somebody must decide first.
        var isOff = false
    }

    struct StepEntry {
        var tree: JSONTree
        var comments: [String] = []
    }

    /// Above everything.
    var header: [String] = []
    var name = "imported"
    var target: [Entry] = []
    var routes: [JSONTree] = []
    var gateway: [Entry] = []
    var prometheus: [Entry] = []
    var sources: [Entry] = []
    var dark: Entry?
    /// Further keys of spec.
    var settings: [Entry] = []
    var tests: [Entry] = []
    var gates: [Entry] = []
    var hooks: [(moment: String, tests: [String])] = []
    var steps: [StepEntry] = []
    /// Users are divided by hosts: the Service that clients call, and stable's.
    var versionService: (front: String, stable: String)?
    /// What the flow names and we can write.
    var files: [FlowTranslation.File] = []

    var manifest: String { target.first { $0.name == "manifest" }?.tree.text ?? "" }

    mutating func hook(_ moment: String, _ test: String) {
        if let index = hooks.firstIndex(where: { $0.moment == moment }) {
            hooks[index].tests.append(test)
        } else {
            hooks.append((moment, [test]))
        }
    }

    mutating func step(_ word: String, _ comments: String...) {
        steps.append(StepEntry(tree: .string(word), comments: comments))
    }

    mutating func step(_ word: String, _ tree: JSONTree, _ comments: String...) {
        steps.append(StepEntry(tree: .object([word: tree]), comments: comments))
    }
}
