/// Where a feed stands between list, watch and poll: facts in, the next thing to do out.
struct FeedCourse: Equatable {
    /// What to do now.
    enum Step: Equatable {
        case list
        /// From that version on; over a connection of its own where the last one fell silent.
        case watch(from: String, isFresh: Bool)
        /// Take the next event of the watch that stands.
        case listen
        /// Wait as after a failed call, then go on.
        case rest
        /// Wait as long as between two polls, then list.
        case pause
    }

    /// What came of it.
    enum News: Equatable {
        case listed(version: String)
        case opened
        case heard(version: String)
        /// The server ended the watch, as it does every few minutes.
        case ended
        /// Neither event nor bookmark for too long.
        case silence
        case rested
        case failed(Failure)
    }

    enum Failure: Equatable {
        /// 410
        case gone
        case passing
        /// We may not watch, or the server cannot: it will never do.
        case lasting
    }

    /// So many watches in a row that brought nothing, and we poll for a while.
    static let patience = 3
    /// So many polls, and a watch is tried again.
    static let polls = 12

    private(set) var step = Step.list
    private var version = ""
    /// Watches in a row that brought nothing.
    private var fruitless = 0
    /// Polls that are left before the next watch; nil: no watch will ever do.
    private var pollsLeft: Int? = 0

    mutating func hear(_ news: News) {
        switch news {
        case .listed(let version):
            self.version = version
            switch pollsLeft {
            case nil: step = .pause
            case .some(let left) where left > 0:
                pollsLeft = left - 1
                step = .pause
            case .some:
                step = version.isEmpty ? .pause : .watch(from: version, isFresh: false)
            }
        case .opened: step = .listen
        case .heard(let version):
            if !version.isEmpty { self.version = version }
            fruitless = 0
            step = .listen
        case .ended: again(isFresh: false)
        case .silence: again(isFresh: true)
        case .rested: step = isPolling ? .list : .watch(from: version, isFresh: false)
        case .failed(.gone):
            again(isFresh: false)
            if !isPolling { step = .list }
        case .failed(.passing): again(isFresh: false)
        case .failed(.lasting):
            pollsLeft = nil
            step = .pause
        }
    }

    var mayWatch: Bool { pollsLeft != nil }

    private var isPolling: Bool { pollsLeft.map { $0 > 0 } ?? true }

    /// One watch is over.
    private mutating func again(isFresh: Bool) {
        fruitless += 1
        if fruitless >= Self.patience {
            fruitless = 0
            pollsLeft = Self.polls
            step = .pause
        } else {
            step = isFresh ? .watch(from: version, isFresh: true) : .rest
        }
    }
}
