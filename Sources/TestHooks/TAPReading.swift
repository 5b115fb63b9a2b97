internal import CanaryEngine
internal import Secrets

/// The Test Anything Protocol, versions 12 to 14: `ok 3 - name # SKIP why`.
///
/// Lines that are none of its own are passed over, as the protocol says; so are subtests, whose
/// parent says how they ended.
enum TAPReading {
    static func cases(in text: String, _ redaction: Redaction) throws(ResultFault) -> CaseList {
        var cases: [CaseList.Case] = []
        var planned: Int?
        for line in text.split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Bail out!") {
                let why = line.dropFirst(9).drop { $0 == " " }
                throw ResultFault("it bailed out" + (why.isEmpty ? "" : ": \(why)"))
            }
            if line.hasPrefix("1..") {
                let digits = line.dropFirst(3).prefix { $0.isNumber }
                guard planned == nil, let count = Int(digits) else {
                    throw ResultFault("a plan is not one, or not the only one")
                }
                planned = count
            } else if let one = one(line, number: cases.count + 1) {
                cases.append(one)
            }
        }
        guard let planned else { throw ResultFault("no plan (1..N) says how many cases there are") }
        guard planned == cases.count else {
            throw ResultFault("\(planned) cases were planned, and \(cases.count) came")
        }
        guard !cases.isEmpty else { throw ResultFault("there is no case in them") }
        return CaseList(cases, redaction)
    }

    private static func one(_ line: Substring, number: Int) -> CaseList.Case? {
        let isGood = line.hasPrefix("ok")
        guard isGood || line.hasPrefix("not ok") else { return nil }
        var rest = line.dropFirst(isGood ? 2 : 6)
        guard rest.first == " " || rest.isEmpty else { return nil }
        rest = rest.drop { $0 == " " }.drop { $0.isNumber }.drop { $0 == " " }
        if rest.first == "-" { rest = rest.dropFirst().drop { $0 == " " } }
        var name = rest
        var directive: Substring = ""
        if let mark = rest.firstRange(of: "# ") {
            name = rest[..<mark.lowerBound]
            directive = rest[mark.upperBound...]
        }
        while name.last == " " { name.removeLast() }
        let word = directive.prefix { $0 != " " && $0 != ":" }.lowercased()
        let why = directive.dropFirst(word.count).drop { $0 == " " || $0 == ":" }
        let isPassedOver = word.hasPrefix("skip") || word == "todo"
        return CaseList.Case(
            name.isEmpty ? "case \(number)" : String(name),
            isPassedOver ? .skipped : isGood ? .passed : .failed,
            detail: isPassedOver ? String(why) : "")
    }
}
