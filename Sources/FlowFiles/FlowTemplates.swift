/// The templates that every theseus has.
package enum FlowTemplates {
    package static let names = [
        "ab-test", "blue-green", "bootstrap", "canary", "canary-stepped",
        "dark-only", "mirror-then-canary",
    ]

    /// What a flow that names it is filled from: the same as `flows/NAME.yaml`.
    package static func text(of name: String) -> String? {
        switch name {
        case "ab-test": abTest
        case "blue-green": blueGreen
        case "bootstrap": bootstrap
        case "canary": canary
        case "canary-stepped": canaryStepped
        case "dark-only": darkOnly
        case "mirror-then-canary": mirrorThenCanary
        default: nil
        }
    }

    /// Its first line, which says in a sentence what it does.
    package static func summary(of name: String) -> String {
        let line = text(of: name)?.prefix { !$0.isNewline } ?? ""
        return String(line.drop { $0 == "#" || $0 == " " })
    }

    /// A file's, from the flow's folder on; any other is the name of one of ours.
    static func isPath(_ name: String) -> Bool {
        name.contains("/") || name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    /// How faults call the file that is remembered by `path`.
    static func place(of path: String, from flow: String) -> String {
        isPath(path) ? FlowPath.joined(FlowPath.folder(of: flow), path) : path
    }

    /// What its text is remembered by.
    static func path(of name: String) -> String { isPath(name) ? name : "template \(name)" }
}
