import CanaryEngine
import Testing

/// Which of the wishes that waited together count.
@Suite struct CautionTests {
    @Test(
        arguments: [
            ([], []), ([.approve], [.approve]), ([.approve, .reject], [.reject]),
            ([.reject, .approve], [.reject, .approve]), ([.promote, .pause], [.pause]),
            ([.pause, .promote], [.pause, .promote]),
            ([.approve, .abort, .approve], [.abort, .approve]),
            ([.reject, .promote, .reject, .pause], [.reject, .pause]),
            ([.approve, .promote, .resume], [.approve, .promote, .resume]),
        ] as [([Wish.Kind], [Wish.Kind])])
    func aNoIsNotOverruled(_ waiting: [Wish.Kind], _ heard: [Wish.Kind]) {
        let wishes = waiting.enumerated().map { Wish($1, by: "mia", number: $0 + 1) }
        let caution = Caution(wishes)
        #expect(caution.heard.map(\.kind) == heard)
        #expect(caution.overruled + caution.heard == wishes)
    }
}
