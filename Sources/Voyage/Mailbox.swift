import CanaryEngine
import Synchronization

/// Where a run hears news; people's wishes are heard before anything else.
final class Mailbox: Sendable {
    enum News: Sendable {
        case wish(Wish)
        case fact(Fact)
        /// The run is no longer ours, or must not go on in this process.
        case stop(Stranding)
    }

    private struct Letters: Sendable {
        var stop: Stranding?
        var wishes: [Wish] = []
        var facts: [Fact] = []
    }

    private let letters = Mutex(Letters())
    private let bell: AsyncStream<Void>
    private let rope: AsyncStream<Void>.Continuation

    init() {
        (bell, rope) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func deliver(_ news: News) {
        letters.withLock {
            switch news {
            case .wish(let wish): $0.wishes.append(wish)
            case .fact(let fact): $0.facts.append(fact)
            case .stop(let stranding): $0.stop = $0.stop ?? stranding
            }
        }
        rope.yield()
    }

    func wish(_ wish: Wish) { deliver(.wish(wish)) }

    func stop(_ why: Stranding) { deliver(.stop(why)) }

    /// The next news, in the order stop, wishes, facts; nil when the task is cancelled.
    ///
    /// For one reader.
    func next() async -> News? {
        while !Task.isCancelled {
            if let news = take() { return news }
            var rings = bell.makeAsyncIterator()
            if await rings.next() == nil { return nil }
        }
        return nil
    }

    private func take() -> News? {
        letters.withLock {
            if let stop = $0.stop { return .stop(stop) }
            if !$0.wishes.isEmpty { return .wish($0.wishes.removeFirst()) }
            if !$0.facts.isEmpty { return .fact($0.facts.removeFirst()) }
            return nil
        }
    }
}
