/// What a command wrote to its output and its error output, in order, within a bound.
///
/// Of more than `limit` bytes the first and the last halves are kept, and the rest is counted.
struct ProcessOutput: Equatable {
    private let headLimit: Int
    private let tailLimit: Int
    private(set) var head: [UInt8] = []
    /// A ring once it is full; `start` is its oldest byte.
    private var ring: [UInt8] = []
    private var start = 0
    /// How many bytes between head and tail are left out.
    private(set) var dropped = 0

    init(limit: Int) {
        headLimit = max(0, limit) / 2
        tailLimit = max(0, limit) - headLimit
    }

    /// What is kept, in order.
    var bytes: [UInt8] { head + ring[start...] + ring[..<start] }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        let first = bytes.prefix(headLimit - head.count)
        head += first
        var rest = bytes.dropFirst(first.count)
        if rest.count > tailLimit {
            dropped += ring.count + rest.count - tailLimit
            ring = Array(rest.suffix(tailLimit))
            start = 0
            return
        }
        let space = rest.prefix(tailLimit - ring.count)
        ring += space
        rest = rest.dropFirst(space.count)
        dropped += rest.count
        for byte in rest {
            ring[start] = byte
            start = start + 1 == ring.count ? 0 : start + 1
        }
    }
}
