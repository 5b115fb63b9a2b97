import Testing

/// Kind numbers are reserved for ever: code and page must name the same.
@Suite struct KindTests {
    @Test func everyKindIsOnThePage() throws {
        let codec = try #require(
            Repository.sources.first { $0.path == "Sources/Chronicle/FactCodec.swift" })
        let page = try #require(Repository.pages.first { $0.path == "docs/JOURNAL.md" })
        let written = numbers("(?m)^ +\\(?(\\d+), *(?:\\[|$)", codec.code)
        let read = numbers("(?m)^ +case (\\d+):", codec.code)
        let listed = numbers("(?m)^\\| (\\d+) \\|", page.text)
        #expect(written.count >= 15)
        #expect(written == read)
        #expect(written == listed)
        #expect(Set(written).count == written.count, "a number stands for two kinds")
    }

    private func numbers(_ pattern: String, _ text: String) -> [Int] {
        SourceFile.places(of: pattern, in: text).compactMap { Int($0.words[1]) }.sorted()
    }
}
