internal import HTTPMessages
package import Manifests
internal import Timekeeping

/// All objects of a kind, followed for as long as anybody likes: pulled, by one reader at a time.
///
/// Begins with everything that is there. Watches from there on and goes on from the last version where
/// a watch ends; lists anew where that version is too old. A watch that brings neither event nor
/// bookmark for too long counts as dead. Where watching does not work at all, it polls. `Doorbell` is
/// its user.
///
/// Errors of lists that pass are waited out; others are thrown, and the next `next` tries again.
package struct KindFeed: Sendable {
    package enum News: Hashable, Sendable {
        /// Everything as it stands now: forget what you knew.
        case listed([KubernetesObject])
        /// A watch stands: from here on what happens is told.
        case opened
        /// Since then; never a bookmark.
        case changed(WatchEvent)
        /// It stands no longer: until the next one what happens is told late, or by the next list.
        case lost
    }

    package struct Pace: Hashable, Sendable {
        /// The server sends a bookmark every minute.
        package var silence = Duration.seconds(90)
        package var poll = Duration.seconds(5)
        /// How long the server is asked to keep one watch.
        package var length = Duration.seconds(300)

        package init() {}
    }

    private let client: KubernetesClient
    private let kind: ResourceKind
    private let namespace: String?
    private let selector: [(String, String)]
    private let pace: Pace
    private var course = FeedCourse()
    private var stream: WatchStream?
    private var backoff: Backoff

    package init(
        _ client: KubernetesClient, _ kind: ResourceKind, namespace: String?,
        selector: [(String, String)] = [], pace: Pace = Pace()
    ) {
        self.client = client
        self.kind = kind
        self.namespace = namespace
        self.selector = selector
        self.pace = pace
        backoff = client.backoff
    }

    /// False once the server has said that it will never let us watch.
    package var mayWatch: Bool { course.mayWatch }

    /// The next news; waits for it, until called off.
    package mutating func next() async throws -> News {
        while true {
            try Task.checkCancellation()
            switch course.step {
            case .list:
                let list = try await client.patiently {
                    try await $0.list(kind, namespace: namespace, selector: selector)
                }
                course.hear(.listed(version: list.resourceVersion))
                backoff = client.backoff
                return .listed(list.items)
            case .watch(let version, let isFresh):
                return try await open(from: version, isFresh)
            case .listen:
                if let news = try await listen() { return news }
                if stream == nil { return .lost }
            case .rest:
                let weather = KubernetesError(
                    .unavailable(reached: .never), place: "", detail: "")
                try await backoff.wait(after: weather, by: client.time)
                course.hear(.rested)
            case .pause:
                try await client.time.sleep(for: pace.poll)
                course.hear(.rested)
            }
        }
    }

    private mutating func open(from version: String, _ isFresh: Bool) async throws -> News {
        do throws(KubernetesError) {
            stream = try await client.watch(
                kind, namespace: namespace, selector: selector, from: version,
                length: pace.length, freshConnection: isFresh)
            course.hear(.opened)
            return .opened
        } catch {
            try Task.checkCancellation()
            course.hear(.failed(Self.failure(error)))
            return .lost
        }
    }

    private mutating func listen() async throws -> News? {
        guard let stream else {
            course.hear(.ended)
            return nil
        }
        do {
            let (event, rest) = try await within(pace.silence, by: client.time) {
                var stream = stream
                return (try await stream.next(), stream)
            }
            guard let event else {
                self.stream = nil
                course.hear(.ended)
                return nil
            }
            self.stream = rest
            backoff = client.backoff
            course.hear(.heard(version: event.resourceVersion))
            if case .bookmark = event { return nil }
            return .changed(event)
        } catch is OutOfTime {
            self.stream = nil
            course.hear(.silence)
        } catch let error as KubernetesError {
            try Task.checkCancellation()
            self.stream = nil
            course.hear(.failed(Self.failure(error)))
        }
        return nil
    }

    private static func failure(_ error: KubernetesError) -> FeedCourse.Failure {
        switch error.code {
        case .gone: .gone
        case .forbidden, .notFound, .invalid, .unauthorized: .lasting
        case .conflict, .tooMany, .unavailable, .undecodable, .fenced: .passing
        }
    }
}

extension WatchEvent {
    /// The version of the whole after it.
    fileprivate var resourceVersion: String {
        switch self {
        case .added(let object), .modified(let object), .deleted(let object):
            object.resourceVersion
        case .bookmark(let version): version
        }
    }
}
