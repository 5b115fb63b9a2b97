import CanaryEngine
import Chronicle
import Golden
import JSONTree
import Testing

@Suite struct FactCodecTests {
    /// The bytes of every kind: a line that changes here is a journal that nobody can read any more.
    @Test func isWrittenAsEver() throws {
        let lines = FactTable.facts.map { fact -> String in
            let (kind, payload) = FactCodec.encode(fact)
            return "\(kind) \(String(decoding: JSONWriter.bytes(of: payload), as: UTF8.self))"
        }
        try expectGolden(lines.joined(separator: "\n") + "\n", named: "facts.txt")
    }

    @Test(arguments: FactTable.facts)
    func comesBackAsItWas(_ fact: Fact) throws {
        let (kind, payload) = FactCodec.encode(fact)
        let read = try JSONReader.tree(of: JSONWriter.bytes(of: payload))
        #expect(FactCodec.decode(kind: kind, read) == fact)
    }

    /// A number is one kind's for ever.
    @Test func everyKindHasItsNumber() {
        let numbers = Set(FactTable.facts.map { FactCodec.encode($0).kind })
        #expect(numbers == Set(1...17))
    }

    @Test(arguments: FactTable.facts)
    func lacksNothing(_ fact: Fact) {
        let (kind, payload) = FactCodec.encode(fact)
        for member in payload.members ?? [:] {
            var poorer = payload
            poorer[member.key] = nil
            #expect(FactCodec.decode(kind: kind, poorer) == nil, "without \(member.key)")
        }
    }

    @Test(arguments: [0, 18, -1, 4711])
    func unknownKindsAreNotGuessed(_ kind: Int) {
        for fact in FactTable.facts {
            #expect(FactCodec.decode(kind: kind, FactCodec.encode(fact).payload) == nil)
        }
    }

    @Test func ordersAreOneWord() {
        let lanes: [OrderID.Lane] = [
            .main, .deadline, .longest, .candidate, .gate(0), .gate(12), .test(3),
        ]
        var words: Set<String> = []
        for course in [OrderID.Course.forward, .home, .closing, .asking, .paused] {
            for lane in lanes {
                let id = OrderID(course: course, step: 12, leg: 0, lane: lane, attempt: 3)
                let word = OrderText.text(of: id)
                #expect(OrderText.id(of: word) == id)
                words.insert(word)
            }
        }
        #expect(words.count == 5 * lanes.count)
    }

    @Test(arguments: [
        "", "f", "x3.2/main#0", "f3/main#0", "f3.2main#0", "f3.2/main", "f3.2/gate#0",
        "f3.2/gatex#0", "f3.2/dock#0", "f.2/main#0", "f3./main#0", "f3.2/main#", "f3.2/main#x",
        "/f3.2#0", "#f3.2/main",
    ])
    func otherWordsAreNoOrders(_ word: String) {
        #expect(OrderText.id(of: word) == nil)
    }
}
