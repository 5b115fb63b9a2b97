import Testing

@testable import KubernetesAPI

struct HTTPDateTests {
    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777_000),
        ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799_000),
        ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400_000),
        ("Mon, 05 Jan 2026 12:00:00 GMT", 1_767_614_400_000),
        ("Fri, 31 Dec 2027 23:59:60 GMT", 1_830_297_600_000),
    ])
    func reads(_ text: String, _ milliseconds: Int) {
        #expect(HTTPDate.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "yesterday", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
        "Sun 06 Nov 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nvo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, +6 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
    ])
    func refuses(_ text: String) {
        #expect(HTTPDate.milliseconds(text) == nil)
    }
}
