import Journal
import Testing

@Suite struct JournalErrorTests {
    static let place = "sqlite:/var/lib/theseus.sqlite, append to run 'r1'"

    struct Text: Sendable, CustomTestStringConvertible {
        let code: JournalError.Code
        let detail: String
        let text: String
        var testDescription: String { "\(code)" }
    }

    @Test(arguments: [
        Text(
            code: .exists, detail: "there is a run of this id",
            text: """
                journal: there is a run of this id (exists)
                  where: \(place)
                  do:    give another --run-id, or go on with that run: `theseus resume`
                """),
        Text(
            code: .unknownRun, detail: "there is no run of this id",
            text: """
                journal: there is no run of this id (unknown run)
                  where: \(place)
                  do:    see `theseus history` for the runs of this journal, or give another --journal
                """),
        Text(
            code: .displaced(.start), detail: "the run's head is record 3 of epoch 2",
            text: """
                journal: the run's head is record 3 of epoch 2 (displaced)
                  where: \(place)
                  do:    another process holds this run: follow it with `theseus status`
                """),
        Text(
            code: .damaged, detail: "record 3 is not what was written",
            text: """
                journal: record 3 is not what was written (damaged)
                  where: \(place)
                  do:    keep it as it is; `theseus abort SERVICE` works without it, a new run \
                with another --journal
                """),
        Text(
            code: .unwritable, detail: "database or disk is full (SQLite 13)",
            text: """
                journal: database or disk is full (SQLite 13) (unwritable)
                  where: \(place)
                  do:    make room, or make file and folder writable; `theseus abort` goes on without it
                """),
        Text(
            code: .unreadable, detail: "disk I/O error (SQLite 266, errno 5)",
            text: """
                journal: disk I/O error (SQLite 266, errno 5) (unreadable)
                  where: \(place)
                  do:    check that the file is there, is yours to read, and is not from a newer theseus; \
                `theseus abort` goes on without it
                """),
        Text(
            code: .denied, detail: "this account may not create configmaps",
            text: """
                journal: this account may not create configmaps (denied)
                  where: \(place)
                  do:    give the account's Role in this namespace {apiGroups: [""], \
                resources: [configmaps], verbs: [get, list, create, update]}, or give \
                --journal sqlite:PATH
                """),
        Text(
            code: .unreachable, detail: "no answer in time",
            text: """
                journal: no answer in time (unreachable)
                  where: \(place)
                  do:    see that the API server answers, then try again
                """),
        Text(
            code: .tooLarge, detail: "a blob of 900000 bytes",
            text: """
                journal: a blob of 900000 bytes (too large)
                  where: \(place)
                  do:    make the flow's manifests smaller, or give --journal sqlite:PATH
                """),
        Text(
            code: .busy, detail: "database is locked (SQLite 5)",
            text: """
                journal: database is locked (SQLite 5) (busy)
                  where: \(place)
                  do:    another process is writing to this journal: try again in a moment
                """),
    ])
    func saysWhatWhereAndWhatToDo(_ text: Text) {
        let error = JournalError(text.code, place: Self.place, detail: text.detail)
        #expect(error.description == text.text)
        #expect("\(error)" == text.text)
    }

    @Test func aLineBreakInAnIdForgesNoLine() {
        let error = JournalError(
            .busy, place: "run 'a\n  do:    pay'", detail: "b\r\nc\u{2028}d\u{1B}[2Je\u{202E}f")
        #expect(
            error.description == """
                journal: b  c d [2Je f (busy)
                  where: run 'a   do:    pay'
                  do:    another process is writing to this journal: try again in a moment
                """)
    }
}
