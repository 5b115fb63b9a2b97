import Lab
import Testing
import Timekeeping

/// Held against Foundation over two centuries in WireTimeTests; here the ends and the other forms.
@Suite struct CivilTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00Z"), (951_827_696_789, "2000-02-29T12:34:56Z"),
        (1_767_225_599_000, "2025-12-31T23:59:59Z"), (-1, "1969-12-31T23:59:59Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00Z"),
    ])
    func isWrittenAsKubernetesDoes(date: Int, text: String) {
        #expect(CivilTime(date).text() == text)
        #expect(LabDate.parse(text) == date - CivilTime(date).milliseconds % 1000)
    }

    @Test func hasMicrosecondsInLeases() {
        #expect(CivilTime(951_827_696_789).text(micros: true) == "2000-02-29T12:34:56.789000Z")
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777_000, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (-86_400_000, "Wed, 31 Dec 1969 00:00:00 GMT"),
    ])
    func isWrittenAsHeadersDo(date: Int, text: String) {
        #expect(LabDate.header(date) == text)
    }
}
