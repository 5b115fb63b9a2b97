internal import CanaryEngine
internal import Secrets

/// JUnit's XML: suites of cases, each of which may hold a failure, an error or a skip.
///
/// There are many dialects; read is what they share. A file without a case is no result.
enum JUnitReading {
    static func cases(in text: String, _ redaction: Redaction) throws(ResultFault) -> CaseList {
        var reader = XMLReading(text)
        var reading = Suite()
        while let event = try reader.next() { try reading.hear(event) }
        guard reading.sawRoot else { throw ResultFault("there is no testsuite in them") }
        guard !reading.cases.isEmpty else { throw ResultFault("there is no case in them") }
        return CaseList(reading.cases, redaction)
    }

    private struct Suite {
        var cases: [CaseList.Case] = []
        var sawRoot = false
        private var path: [String] = []
        private var name = ""
        private var outcome = CaseList.Case.Outcome.passed
        private var detail = ""
        /// Text of a failure that has no message.
        private var words: String?

        private static let most = 100_000

        mutating func hear(_ event: XMLReading.Event) throws(ResultFault) {
            switch event {
            case .begin(let element, let attributes):
                try begin(element, attributes)
                path.append(element)
            case .text(let text):
                if words != nil, detail.isEmpty { words?.append(text) }
            case .end:
                end(path.removeLast())
            }
        }

        private mutating func begin(_ element: String, _ attributes: [String: String])
            throws(ResultFault)
        {
            if path.isEmpty {
                guard element == "testsuites" || element == "testsuite" else {
                    throw ResultFault("their root is \(element), not testsuites")
                }
                sawRoot = true
            }
            switch element {
            case "testcase":
                let place = attributes["classname"] ?? ""
                let own = attributes["name"] ?? ""
                name = place.isEmpty || own.hasPrefix(place) ? own : "\(place) \(own)"
                if name.isEmpty { name = "case \(cases.count + 1)" }
                (outcome, detail, words) = (.passed, "", nil)
            case "failure" where path.last == "testcase", "error" where path.last == "testcase":
                guard outcome != .failed else { break }
                outcome = .failed
                detail = attributes["message"] ?? ""
                words = ""
            case "skipped" where path.last == "testcase":
                guard outcome == .passed else { break }
                outcome = .skipped
                detail = attributes["message"] ?? ""
            default: break
            }
            if cases.count > Self.most { throw ResultFault("there are too many cases") }
        }

        private mutating func end(_ element: String) {
            switch element {
            case "failure", "error":
                if detail.isEmpty { detail = words ?? "" }
                words = nil
            case "testcase":
                cases.append(CaseList.Case(name, outcome, detail: detail))
            default: break
            }
        }
    }
}
