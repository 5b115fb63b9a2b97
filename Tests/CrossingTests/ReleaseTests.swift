import CanaryEngine
import Crossing
import FlowFiles
import Golden
import Testing
import YAML

/// Ten resources of each tool, of every documented shape.
@Suite struct ReleaseTests {
    @Test(arguments: Release.argo + Release.flagger)
    func becomesAFlow(_ release: Release) throws {
        let translation = try release.translation
        var files = translation.flow
        for file in translation.files { files += "\n# --- \(file.path)\n\(file.text)" }
        try expectGolden(files, named: "\(release.name).txt")
        try expectGolden(translation.told, named: "\(release.name).notes.txt")
        let seen = translation.examined()
        #expect(seen.faults.map(\.description) == [])
        let flow = try #require(seen.flow)
        #expect(flow.name == translation.name)
        #expect(flow.plan.steps.last == .retire)
    }

    @Test func areTenOfEach() {
        #expect(Release.argo.count == 10)
        #expect(Release.flagger.count == 10)
    }

    /// What stands in a resource is carried over or named, whether we have heard of it or not.
    @Test(arguments: Release.argo + Release.flagger)
    func dropsNothingInSilence(_ release: Release) throws {
        let translation = try release.translation
        for object in try release.objects where Field.isReleases(object) {
            for field in Field.all(in: object) where field.isLeaf {
                #expect(field.isAnswered(in: translation), "\(field.object): \(field.path)")
            }
        }
    }

    /// The same files always give the same flow.
    @Test(arguments: Release.argo + Release.flagger)
    func saysTheSameTwice(_ release: Release) throws {
        let (one, two) = (try release.translation, try release.translation)
        #expect(one.flow == two.flow)
        #expect(one.notes == two.notes)
    }

    @Test func namesAFieldThatNobodyKnows() throws {
        let text = try String(decoding: Release("argo-hosts").bytes, as: UTF8.self)
            .replacing("  replicas: 4\n", with: "  replicas: 4\n  brandNew: {a: 1}\n")
        let notes = try FlowTranslation.of([ForeignFile(name: "a.yaml", bytes: Array(text.utf8))])
            .notes
        let note = try #require(notes.first { $0.path == "spec.brandNew" })
        #expect(note.kind == .left)
        #expect(note.why == "the import knows no such field")
        #expect(note.line == 11)
    }
}

/// A field of a resource.
struct Field {
    var object: String
    var path: String
    var isLeaf: Bool

    /// Only what a flow is made of; objects that stay as they are need no answer for each field.
    static func isReleases(_ object: YAMLNode) -> Bool {
        [
            "Rollout", "AnalysisTemplate", "ClusterAnalysisTemplate", "Canary", "MetricTemplate",
        ].contains(object["kind"]?.scalar?.text ?? "")
    }

    static func all(in object: YAMLNode) -> [Field] {
        let kind = object["kind"]?.scalar?.text ?? ""
        let title = "\(kind) \(object.at("metadata", "name")?.scalar?.text ?? "")"
        var fields: [Field] = []
        func walk(_ node: YAMLNode, _ path: [YAMLStep]) {
            let inside =
                (node.members ?? []).map { (YAMLStep.key($0.key), $0.value) }
                + (node.items ?? []).enumerated().map { (YAMLStep.index($0), $1) }
            if !path.isEmpty {
                fields.append(Field(object: title, path: path.pathText, isLeaf: inside.isEmpty))
            }
            for (step, node) in inside { walk(node, path + [step]) }
        }
        walk(object, [])
        return fields
    }

    /// `spec.steps[].setWeight`.
    var pattern: String {
        var pattern = ""
        var isInside = false
        for letter in path {
            if letter == "]" { isInside = false }
            if !isInside { pattern.append(letter) }
            if letter == "[" { isInside = true }
        }
        return pattern
    }

    func isAnswered(in translation: FlowTranslation) -> Bool {
        translation.carried.contains {
            $0.hasPrefix("\(object): ") && touches($0.dropFirst(object.count + 2))
        }
            || translation.notes.contains { note in
                // A remark answers for its own field, and not for what is inside.
                note.kind == .left && !note.why.hasPrefix("its gate stands in the flow")
                    && note.object == object && (note.path.isEmpty || touches(note.path[...]))
            }
    }

    /// Named by a sentence of its own: not only as something unknown.
    func isKnown(in translation: FlowTranslation) -> Bool {
        !translation.notes.contains {
            $0.object == object && $0.path == path && $0.why == "the import knows no such field"
        }
    }

    /// Whether one path leads to the other.
    private func touches(_ other: Substring) -> Bool {
        if other == path { return true }
        func leads(_ short: Substring, _ long: Substring) -> Bool {
            long.hasPrefix(short + ".") || long.hasPrefix(short + "[")
        }
        return leads(other, path[...]) || leads(path[...], other)
    }
}
