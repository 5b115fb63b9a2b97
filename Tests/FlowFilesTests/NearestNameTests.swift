import Testing

@testable import FlowFiles

@Suite struct NearestNameTests {
    struct Meant: Sendable, CustomTestStringConvertible {
        var written: String
        var known: [String]
        var meant: String?
        var testDescription: String { written }
    }

    @Test(arguments: [
        Meant(written: "stepz", known: ["steps", "target"], meant: "steps"),
        Meant(written: "setps", known: ["settle", "steps"], meant: "steps"),
        Meant(written: "Gateway", known: ["gates", "gateway"], meant: "gateway"),
        Meant(written: "prometeus", known: ["prometheus"], meant: "prometheus"),
        Meant(written: "weights", known: ["weight", "retire"], meant: "weight"),
        Meant(written: "elephant", known: ["weight", "retire"], meant: nil),
        Meant(written: "x", known: ["y"], meant: nil),
        Meant(written: "smoke", known: [], meant: nil),
    ])
    func finds(_ row: Meant) {
        #expect(NearestName.of(row.written, among: row.known) == row.meant)
    }

    @Test func countsASwapOnce() {
        #expect(NearestName.distance("steps", "setps") == 1)
        #expect(NearestName.distance("", "abc") == 3)
        #expect(NearestName.distance("abc", "abc") == 0)
        #expect(NearestName.distance("kitten", "sitting") == 3)
    }
}
