package import CanaryEngine

/// An order's identity as one word: `f3.2/main#0` is the way forward, step 3, leg 2, first attempt.
package enum OrderText {
    package static func text(of id: OrderID) -> String {
        "\(letter(id.course))\(id.step).\(id.leg)/\(text(of: id.lane))#\(id.attempt)"
    }

    package static func id(of text: String) -> OrderID? {
        guard let first = text.first, let course = course(of: first),
            let dot = text.firstIndex(of: "."), let slash = text.firstIndex(of: "/"),
            let hash = text.lastIndex(of: "#"), dot < slash, slash < hash,
            let step = Int(text[text.index(after: text.startIndex)..<dot]),
            let leg = Int(text[text.index(after: dot)..<slash]),
            let lane = lane(of: text[text.index(after: slash)..<hash]),
            let attempt = Int(text[text.index(after: hash)...])
        else { return nil }
        return OrderID(course: course, step: step, leg: leg, lane: lane, attempt: attempt)
    }

    private static func letter(_ course: OrderID.Course) -> String {
        switch course {
        case .forward: "f"
        case .home: "h"
        case .closing: "c"
        case .asking: "a"
        case .paused: "p"
        case .stopped: "s"
        }
    }

    private static func course(of letter: Character) -> OrderID.Course? {
        switch letter {
        case "f": .forward
        case "h": .home
        case "c": .closing
        case "a": .asking
        case "p": .paused
        case "s": .stopped
        default: nil
        }
    }

    private static func text(of lane: OrderID.Lane) -> String {
        switch lane {
        case .main: "main"
        case .deadline: "deadline"
        case .longest: "longest"
        case .candidate: "candidate"
        case .gate(let index): "gate\(index)"
        case .test(let index): "test\(index)"
        }
    }

    private static func lane(of text: Substring) -> OrderID.Lane? {
        switch text {
        case "main": .main
        case "deadline": .deadline
        case "longest": .longest
        case "candidate": .candidate
        default:
            if text.hasPrefix("gate"), let index = Int(text.dropFirst(4)) {
                .gate(index)
            } else if text.hasPrefix("test"), let index = Int(text.dropFirst(4)) {
                .test(index)
            } else {
                nil
            }
        }
    }
}
