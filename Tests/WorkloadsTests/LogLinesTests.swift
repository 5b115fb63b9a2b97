import Testing

@testable import Workloads

struct LogLinesTests {
    @Test(arguments: [
        ("plain words stay", "plain words stay"),
        ("password=hunter2 refused", "password=*** refused"),
        ("DB_PASSWORD: hunter2", "DB_PASSWORD: ***"),
        ("{\"token\":\"abc\",\"user\":\"ann\"}", "{\"token\":***"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("authorization: Basic YTpi", "authorization: Basic ***"),
        ("got Bearer abc", "got Bearer ***"),
        ("--api-key xyz run", "--api-key *** run"),
        ("the password is wrong", "the password is wrong"),
        ("postgres://app:pw@db:5432/app refused", "postgres://***@db:5432/app refused"),
        ("at http://db/app", "at http://db/app"),
        ("mail ann@example.test", "mail ann@example.test"),
        ("key AKIA2E0A8F3B244C9986FF00", "key ***"),
        (
            "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x",
            "jwt eyJhbGciOiJIUzI1NiJ9.***.x"
        ),
        ("a-very-long-name-of-some-kind-here", "a-very-long-name-of-some-kind-here"),
        ("-----BEGIN RSA PRIVATE KEY-----", "***"),
        ("\u{1B}[31mred\u{1B}[0m alert\u{7}\tend", "red alert end"),
    ])
    func masks(line: String, shown: String) {
        #expect(LogLines.shown(Array(line.utf8)) == [shown])
    }

    @Test func keepsTheLastLinesAndNotTooMuchOfThem() {
        let lines = (1...30).map { "line \($0)" } + [String(repeating: "x", count: 500)]
        let shown = LogLines.shown(Array(lines.joined(separator: "\r\n").utf8))
        #expect(shown.count == 10)
        #expect(shown.first == "line 22")
        #expect(shown.last?.count == 200)
        #expect(LogLines.shown([]) == [])
        #expect(LogLines.shown([0xFF, 0xFE]).count == 1)
    }
}
