import Testing

@testable import Processes

/// However the bytes arrive, the first and the last are kept and the others counted.
@Suite struct ProcessOutputTests {
    @Test(arguments: [0, 1, 2, 3, 10, 11, 64, 1000])
    func keepsBothEnds(limit: Int) {
        for total in [0, 1, 5, 10, 11, 12, 63, 64, 65, 200, 999, 1000, 1001, 5000] {
            let bytes = (0..<total).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            for piece in [1, 3, 10, 64, 5000] {
                var output = ProcessOutput(limit: limit)
                for start in stride(from: 0, to: total, by: piece) {
                    output.append(bytes[start..<min(total, start + piece)])
                }
                let head = limit / 2
                let expected =
                    total <= limit ? bytes : bytes.prefix(head) + bytes.suffix(limit - head)
                #expect(output.bytes == expected, "\(total) bytes by \(piece)")
                #expect(output.dropped == max(0, total - limit))
            }
        }
    }
}
