internal import CanaryEngine
internal import Processes
internal import Secrets

extension TestSpec {
    /// What a test says of its parts, and where.
    package struct Results: Hashable, Sendable {
        package enum Format: Hashable, Sendable {
            case junit
            case tap
            /// One JSON object of numbers.
            case numbers
        }

        package enum Source: Hashable, Sendable {
            /// What it writes to its output.
            case output
            /// A file that it writes, by its absolute path.
            case file(String)
        }

        package var format: Format
        package var source: Source

        package init(_ format: Format, _ source: Source) {
            self.format = format
            self.source = source
        }

        var file: String? { if case .file(let path) = source { path } else { nil } }
    }
}

/// The results of one execution, or why there are none.
///
/// Fails closed: a test that was to bring results and brings none has failed.
struct ResultReading {
    /// Bytes of output that may hold results.
    static let most = 1 << 20

    private(set) var cases: CaseList?
    private(set) var measures: [Measure] = []
    /// nil: they were read.
    private(set) var fault: String?

    init(_ results: TestSpec.Results, _ end: ProcessEnd, _ redaction: Redaction) {
        let text: String
        switch results.source {
        case .output:
            guard end.dropped == 0 else {
                fault = "its results are cut off: more than \(SizeText.short(Self.most)) of output"
                return
            }
            text = String(decoding: end.output, as: UTF8.self)
        case .file(let path):
            let name = path.split(separator: "/").last.map(String.init) ?? path
            switch end.result {
            case .bytes(let bytes): text = String(decoding: bytes, as: UTF8.self)
            case .tooLarge:
                fault = "its results in \(name) are too large"
                return
            case .unreadable:
                fault = "its results in \(name) cannot be read"
                return
            case nil:
                fault = "it wrote no results to \(name)"
                return
            }
        }
        do throws(ResultFault) {
            switch results.format {
            case .junit: cases = try JUnitReading.cases(in: text, redaction)
            case .tap: cases = try TAPReading.cases(in: text, redaction)
            case .numbers: measures = try Self.numbers(in: text, results.source)
            }
        } catch {
            fault = redaction.clean("its results cannot be understood: \(error.reason)")
        }
    }

    private static func numbers(in text: String, _ source: TestSpec.Results.Source)
        throws(ResultFault) -> [Measure]
    {
        var text = text
        if source == .output {
            let lines = text.split(whereSeparator: \.isNewline)
            text = lines.last { !$0.allSatisfy(\.isWhitespace) }.map(String.init) ?? ""
        }
        guard let measures = NumbersText.measures(in: text) else {
            throw ResultFault("there is no JSON object of 1 to \(NumbersText.most) numbers")
        }
        return measures
    }
}

/// Why results are none.
struct ResultFault: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension TestSpec.Results {
    /// What the results make of how the program ended.
    func add(_ reading: ResultReading, to report: inout TestReport) {
        report.cases = reading.cases
        if let fault = reading.fault {
            if report.passed { report.sentence = fault } else { report.sentence += "; \(fault)" }
            report.passed = false
            return
        }
        if format == .numbers, report.passed { report.take(reading.measures) }
        guard let cases = reading.cases else { return }
        if cases.failed > 0 || report.passed { report.sentence = cases.sentence }
        if cases.failed > 0 { report.passed = false }
    }
}

extension CaseList {
    /// So many cases are told by name.
    private static let most = 20
    private static let longest = 160

    /// Counts, and picks those that are worth a look.
    init(_ all: [Case], _ redaction: Redaction) {
        func count(_ outcome: Case.Outcome) -> Int { all.count { $0.outcome == outcome } }
        func told(_ outcome: Case.Outcome) -> [Case] {
            all.lazy.filter { $0.outcome == outcome }.prefix(Self.most).map { one in
                Case(
                    Self.line(one.name, redaction), outcome,
                    detail: Self.line(one.detail, redaction))
            }
        }
        self.init(
            passed: count(.passed), failed: count(.failed), skipped: count(.skipped),
            told: Array((told(.failed) + told(.skipped) + told(.passed)).prefix(Self.most)))
    }

    private static func line(_ text: String, _ redaction: Redaction) -> String {
        let first =
            text.split(whereSeparator: \.isNewline).lazy.map { redaction.clean(String($0)) }
            .map { $0.drop { $0 == " " } }.first { !$0.isEmpty } ?? ""
        return first.count > longest ? first.prefix(longest) + "…" : String(first)
    }

    var sentence: String {
        let all = passed + failed + skipped
        let rest = skipped == 0 ? "" : ", \(skipped) skipped"
        guard failed > 0 else { return "\(passed) of \(all) cases passed\(rest)" }
        let first = told.first { $0.outcome == .failed }
        let why = first.map { $0.detail.isEmpty ? ": \($0.name)" : ": \($0.name): \($0.detail)" }
        return "\(failed) of \(all) cases failed\(rest)\(why ?? "")"
    }
}
