internal import CanaryEngine
internal import Chronicle
internal import HTTPClient
internal import HTTPMessages
internal import Timekeeping

/// Other ways in which users come to a service, and somebody who comes where nobody should.
enum Wirings {
    static let stories =
        ends(.spread) + ends(.bare) + ends(.hosts) + [hosts, leak] + sticky + streams

    /// Of connections the first look is the first weight; no test of ours goes before it.
    private static let streams: [Story] = [StoryEnd.promoted, .rolledBack].map { end in
        let what = end == .promoted ? "promoted" : "brought home"
        return Story("a TCP route, \(what)") { rig, report in
            let name = "streams-\(end == .promoted ? "good" : "bad")"
            var tale = Tale(name, Stories.v2, to: end)
            tale.setting.wiring = .streams
            tale.flow.steps = StageFlow.ofStreams
            if end == .rolledBack { tale.flow.failsAfter = 5 }
            try await tale.tell(on: rig, &report)
        }
    }

    /// Who keeps cookies stays with what was met.
    private static let sticky: [Story] = [StoryEnd.promoted, .rolledBack].map { end in
        let what = end == .promoted ? "promoted" : "brought home"
        return Story("users who keep their cookies stay, \(what)") { rig, report in
            let name = "sticky-\(end == .promoted ? "good" : "bad")"
            try await StickyTale(namespace: name, end: end).tell(on: rig, &report)
        }
    }

    private static func ends(_ wiring: StageObjects.Wiring) -> [Story] {
        let what =
            switch wiring {
            case .bare: "a service without any VirtualService"
            case .hosts: "a Service for each version"
            case .own, .spread, .streams: "a delegate and a VirtualService of another namespace"
            }
        return [StoryEnd.promoted, .rolledBack].map { end in
            Story("\(what), \(end == .promoted ? "promoted" : "brought home")") { rig, report in
                let name = "\(wiring)-\(end == .promoted ? "good" : "bad")"
                var tale = Tale(name, end == .promoted ? Stories.v2 : Stories.bad, to: end)
                tale.setting.wiring = wiring
                if wiring != .bare { tale.insidePerSecond = 20 }
                try await tale.tell(on: rig, &report)
            }
        }
    }

    /// Release after release, each beginning with what the one before left.
    private static let hosts = Story("a Service for each version, three releases and three aborts")
    {
        rig, report in
        var tale = LongTale(namespace: "hosts", rounds: 3)
        tale.setting.wiring = .hosts
        try await tale.tell(on: rig, &report)
    }

    /// Who meets the candidate in the dark, and is none of ours, is found and named.
    static let leak = Story("somebody else meets the candidate in the dark, and is named") {
        rig, report in
        var tale = Tale("leak", Stories.v2, to: .rolledBack)
        tale.says = ["not dark", "rig/sneak"]
        tale.meanwhile = { stage, run in
            try await stage.awaitStep(4, of: run)
            let transport = CurlTransport()
            while await stage.isUnderWay(run) {
                _ = try? await transport.send(
                    HTTPRequest(
                        "GET", rig.meshDoor + "/",
                        headers: [
                            "Host": stage.objects.inside, "x-canary": "1",
                            "x-source-workload": "sneak",
                        ], timeout: .seconds(20)))
                try await rig.time.sleep(for: .milliseconds(100))
            }
        }
        try await tale.tell(on: rig, &report)
    }
}

extension StoryStage {
    /// Whether a run is still on its way to its end.
    func isUnderWay(_ run: String) async -> Bool {
        guard let last = await journal.last(of: run) else { return true }
        return !last.state.isOver
    }
}
