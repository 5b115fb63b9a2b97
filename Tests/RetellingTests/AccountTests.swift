import CanaryEngine
import Rehearsal
import Secrets
import Testing

@testable import Retelling
@testable import TestHooks

/// What holds of every report, whatever the run.
@Suite struct AccountTests {
    /// The cases as a CI server reads them, held against the suite's own counts.
    private func cases(in text: String) throws -> CaseList {
        let read = try JUnitReading.cases(in: text, Redaction(known: [], given: []))
        let suite = try #require(text.split(separator: "\n").first { $0.hasPrefix("<testsuite ") })
        let words = suite.split(separator: "\"")
        func count(_ name: String) throws -> Int {
            let place = try #require(words.firstIndex { $0.hasSuffix(" \(name)=") })
            return try #require(Int(words[place + 1]))
        }
        #expect(try count("tests") == read.passed + read.failed + read.skipped)
        #expect(try count("failures") + count("errors") == read.failed)
        #expect(try count("skipped") == read.skipped)
        return read
    }

    private func expectPage(_ text: String) {
        for word in ["<script", "href=", "src=", "url(", "@import"] {
            #expect(!text.contains(word), "\(word)")
        }
        for tag in ["table", "tr", "td", "p", "pre", "ul", "li", "b"] {
            let begun = text.ranges(of: "<\(tag)>").count + text.ranges(of: "<\(tag) ").count
            #expect(begun == text.ranges(of: "</\(tag)>").count, "\(tag)")
        }
    }

    /// At how many stretches a run turned round, at how many it stands, how many it did not reach.
    private func outcomes(_ account: RunAccount) -> [Int] {
        func count(_ isMeant: (StepAccount.Outcome) -> Bool) -> Int {
            account.stretches.count { isMeant($0.outcome) }
        }
        return [
            count { if case .turned = $0 { true } else { false } },
            count { if case .stands = $0 { true } else { false } },
            count { $0 == .notReached },
        ]
    }

    /// As many as fail there by the page of a build: the release, and not what it consists of.
    @Test func aGateCountsOnce() throws {
        let read = try cases(in: JUnitText(try Play(Play.bad).account()).text)
        #expect(read.failed == 1)
        let own = try cases(in: JUnitText(try Play(Play.failing).account()).text)
        // The step, and the one case that its test brought.
        #expect(own.failed == 2)
    }

    @Test(arguments: Repertoire.thorough) func anyStory(name: String) throws {
        let play = try Play(try #require(Repertoire.scenario(name)))
        let account = try play.account()
        _ = try cases(in: JUnitText(account).text)
        expectPage(RunPage(account).text)
        let outcomes = outcomes(account)
        switch account.end {
        case .promoted:
            #expect(outcomes == [0, 0, 0], "\(account.steps.map(\.outcome))")
            #expect(account.wayHome == nil)
        case .rolledBack: #expect(outcomes.prefix(2) == [1, 0])
        case .personNeeded: #expect(outcomes[1] == 1)
        case .open: Issue.record("\(name) is over")
        }
    }

    /// Whenever a process is stopped, its report has one error, and where the run stands.
    @Test(arguments: [Play.good, Play.bad]) func anyMoment(_ story: Scenario) throws {
        let play = try Play(story)
        for count in 1..<play.facts.count {
            let account = try play.account(count)
            let text = JUnitText(account).text
            _ = try cases(in: text)
            #expect(outcomes(account)[1] == 1)
            #expect(text.ranges(of: "<error ").count == 1, "\(count)")
            #expect(account.sentence.hasPrefix("Not over: it stands at "))
        }
    }

    @Test func whatFailedIsMarkedWhereItFailed() throws {
        let account = try Play(Play.failing).account()
        let read = try cases(in: JUnitText(account).text)
        let failed = read.told.filter { $0.outcome == .failed }.map(\.name)
        #expect(
            failed == [
                "demo-app.04 test smoke test smoke", "demo-app.04 test smoke smoke: cart signs in",
            ])
    }

    /// The facts are masked already; a control character becomes the mark of what cannot be shown.
    @Test func aSecretOfATestIsNotTold() throws {
        let account = try Play(Play.failing).account()
        for text in [JUnitText(account).text, RunPage(account).text] {
            #expect(text.contains("401 for token ***"), "\(text)")
            #expect(!text.contains("token rehearsal"))
            #expect(!text.contains("\u{7}"))
        }
    }

    /// However many processes drove it: all steps are there, and who took it.
    @Test func aResumedRunIsToldWhole() throws {
        let whole = try Play(Play.good).account()
        let resumed = try Play.resumed().account()
        #expect(resumed.steps.map(\.name) == whole.steps.map(\.name))
        #expect(resumed.steps.map(\.outcome) == whole.steps.map(\.outcome))
        let taken = resumed.steps.flatMap(\.entries).filter { $0.words.hasPrefix("held by ") }
        #expect(taken.count == 1)
    }

    @Test func nothingRememberedIsNothingToTell() throws {
        let play = try Play(Play.good)
        #expect(RunAccount(play.charter, []) == nil)
    }

    @Test func whatXMLForbidsIsReplaced() {
        #expect(
            Markup.attribute("a\u{0}\u{1B}[31m <b> & \"c\"\n\t\r\u{FFFE}ü\u{1F6A2}")
                == "a\u{FFFD}\u{FFFD}[31m &lt;b&gt; &amp; &quot;c&quot;&#10;&#9;&#13;\u{FFFD}ü\u{1F6A2}"
        )
        #expect(Markup.text("one\ntwo\t]]>") == "one\ntwo\t]]&gt;")
    }
}
