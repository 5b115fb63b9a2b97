import CanaryEngine
import HTTPMessages
import Lab
import Testing

@testable import IstioRoutes

/// Users with a cookie jar, in a mesh that routes their requests one by one.
struct RouterStickyTests {
    struct User: Sendable {
        private var cookies: [(name: String, value: String)] = []
        private(set) var met: [String] = []

        var isFaithful: Bool { Set(met).count == 1 }
        var first: String { met.first ?? "nobody" }

        mutating func ask(_ demo: RouterMeshTests.Demo) async throws {
            var headers: HTTPHeaders = ["Host": "demo.example.test"]
            if !cookies.isEmpty {
                headers["Cookie"] = cookies.map { "\($0.name)=\($0.value)" }
                    .joined(separator: "; ")
            }
            let answer = try await demo.lab.send(
                HTTPRequest("GET", "http://\(LabWorld.gateway)/", headers: headers))
            for line in answer.headers.lines where line.name.lowercased() == "set-cookie" {
                let pair = line.value.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
                guard pair.count == 2 else { continue }
                cookies.removeAll { $0.name == pair[0] }
                cookies.append((String(pair[0]), String(pair[1])))
            }
            met.append(answer.headers["x-lab-version"] ?? "nobody")
        }
    }

    /// Everybody asks so often.
    static func round(_ users: [User], times: Int, _ demo: RouterMeshTests.Demo) async throws
        -> [User]
    {
        var after: [User] = []
        for user in users {
            var user = user
            for _ in 0..<times { try await user.ask(demo) }
            after.append(user)
        }
        return after
    }

    /// Who met the candidate stays, all others are divided anew at each rise only, and everybody
    /// is let go on the way home.
    @Test func keepsUsersWithWhatTheyMet() throws {
        let demo = try RouterMeshTests.Demo()
        try demo.turnable.run(atMost: .seconds(86_400)) {
            try await demo.startCandidate()
            try await demo.router.stick(Stickiness(cookie: "stay", ttl: .seconds(3600)))
            var users = Array(repeating: User(), count: 200)
            var counts: [Int] = []
            var weight = 0
            for next in [10, 50] {
                try await demo.router.shift(to: percent(next), expecting: percent(weight))
                try await demo.settle()
                weight = next
                let before = users.map { $0.met.last == "v2" }
                users = try await Self.round(users, times: 1, demo)
                let now = users.map { $0.met.last == "v2" }
                #expect(zip(before, now).allSatisfy { !$0 || $1 })
                users = try await Self.round(users, times: 5, demo)
                #expect(users.map { $0.met.last == "v2" } == now)
                counts.append(now.count { $0 })
            }
            #expect((8...35).contains(counts[0]))
            #expect((90...130).contains(counts[1]))
            _ = try await demo.router.sendHome(share: .none)
            try await demo.settle()
            users = try await Self.round(users, times: 1, demo)
            #expect(users.allSatisfy { $0.met.last == "v1" })
        }
    }

    /// Without cookies users go to and fro: what the test above rests on.
    @Test func nobodyIsKeptWithout() throws {
        let demo = try RouterMeshTests.Demo()
        try demo.turnable.run(atMost: .seconds(86_400)) {
            try await demo.startCandidate()
            try await demo.router.shift(to: percent(50), expecting: .none)
            try await demo.settle()
            let users = try await Self.round(Array(repeating: User(), count: 50), times: 12, demo)
            #expect(users.count(where: \.isFaithful) < 5)
        }
    }

    /// Copies reach the candidate; no user is answered by it.
    @Test func copiesAreNobodysAnswer() throws {
        let demo = try RouterMeshTests.Demo()
        try demo.turnable.run(atMost: .seconds(86_400)) {
            try await demo.startCandidate()
            try await demo.router.mirror(percent(20))
            try await demo.settle()
            let begin = demo.lab.snapshot().now
            try await demo.clock.sleep(for: .seconds(60))
            let mesh = demo.lab.snapshot().mesh
            #expect(mesh.requests(to: "v2", from: begin) == 0)
            let copies = mesh.copies(to: "v2", from: begin)
            let users = mesh.requests(to: "v1", from: begin)
            #expect(abs(copies / users - 0.2) < 0.01)
            try await demo.router.shift(to: percent(1), expecting: .none)
            try await demo.settle()
            let later = demo.lab.snapshot().now
            try await demo.clock.sleep(for: .seconds(60))
            #expect(demo.lab.snapshot().mesh.copies(to: "v2", from: later) == 0)
        }
    }
}
