internal import HTTPMessages

/// The status and header lines of one answer, as they come.
struct CurlHead {
    private var status = 0
    private var headers = HTTPHeaders()
    /// The final status's header lines are all here; what comes now is body or trailers.
    private(set) var isComplete = false
    /// Bytes so far.
    private(set) var count = 0

    /// Hears one line, with its line end.
    mutating func hear(_ line: [UInt8]) {
        count += line.count
        var text = line[...]
        while let last = text.last, last == 10 || last == 13 { text.removeLast() }
        if text.starts(with: "HTTP/".utf8) {
            status = Self.status(in: text)
            headers = HTTPHeaders()
        } else if text.isEmpty {
            // 100 and 103 announce the answer; they are not it.
            isComplete = status >= 200 || status == 101
        } else if let first = text.first, first == 32 || first == 9 {
            guard !headers.lines.isEmpty else { return }
            headers.lines[headers.lines.count - 1].value += " " + Self.trimmed(text)
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            headers.lines.append(
                HTTPHeaders.Line(
                    name: Self.trimmed(text[..<colon]),
                    value: Self.trimmed(text[(colon + 1)...])))
        }
    }

    func response(_ body: HTTPBody) -> HTTPResponse {
        HTTPResponse(status: status, headers: headers, body: body)
    }

    private static func status(in line: ArraySlice<UInt8>) -> Int {
        let words = line.split(separator: 32, maxSplits: 2)
        return words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        var bytes = bytes
        while let first = bytes.first, first == 32 || first == 9 { bytes.removeFirst() }
        while let last = bytes.last, last == 32 || last == 9 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}
