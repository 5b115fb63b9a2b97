import CanaryEngine
import Chronicle
import JSONTree

/// A whole life of one run, chapter by chapter; each leaves the tale where the next goes on.
extension Tale {
    enum Chapter: Int, CaseIterable {
        case open, backUp, pin, deploy, name, darken, one, half, all
        case goHome, undarken, remove, unpin, restore
        case close, retire, tidy
    }

    /// Forward up to and including that chapter.
    static func told(to last: Chapter) -> Tale {
        var tale = Tale()
        for chapter in Chapter.allCases where chapter.rawValue <= Chapter.all.rawValue {
            tale.tell(chapter)
            if chapter == last { break }
        }
        return tale
    }

    /// Forward up to that chapter, then aborted and home.
    static func returned(from last: Chapter, leavingOut left: [Chapter] = []) -> Tale {
        var tale = told(to: last)
        tale.turn()
        for chapter in [Chapter.goHome, .undarken, .remove, .unpin, .restore]
        where !left.contains(chapter) {
            tale.tell(chapter)
        }
        return tale
    }

    static func promoted(leavingOut left: [Chapter] = []) -> Tale {
        var tale = told(to: .all)
        for chapter in [Chapter.close, .retire, .tidy] where !left.contains(chapter) {
            tale.tell(chapter)
        }
        return tale
    }

    mutating func tell(_ chapter: Chapter) {
        switch chapter {
        case .open: open()
        case .backUp: backUp()
        case .pin: pin()
        case .deploy: deploy()
        case .name: write("DestinationRule", "shop", Self.rule("v1", "v2"))
        case .darken: write("VirtualService", "shop", Self.routes(Self.parts(0)))
        case .one: shift(1, step: 5)
        case .half: shift(50, step: 6)
        case .all:
            pod("v2", 2)
            shift(100, step: 7)
        case .goHome: write("VirtualService", "shop", Self.routes(Self.parts(0)))
        case .undarken:
            write("VirtualService", "shop", Self.routes(Self.parts(0), isDark: false))
        case .remove: removeCandidate()
        case .unpin:
            write(
                "VirtualService", "shop", Self.routes([Self.destination(nil)], isDark: false))
        case .restore: restore()
        case .close: close()
        case .retire: retire()
        case .tidy: tidy()
        }
    }

    private mutating func open() {
        keep("Service", "shop", ["spec": ["selector": ["app": "shop"]]], by: "kubectl")
        keep("Deployment", "shop-v1", Self.deployment("v1"), by: "kubectl")
        keep("ConfigMap", "shop-settings", ["data": ["color": "blue"]], by: "kubectl")
        keep(
            "HorizontalPodAutoscaler", "shop-v1",
            [
                "spec": [
                    "minReplicas": 1, "maxReplicas": 9,
                    "scaleTargetRef": ["kind": "Deployment", "name": "shop-v1"],
                ]
            ], by: "kubectl")
        keep(
            "VirtualService", "shop", Self.routes([Self.destination(nil)], isDark: false),
            by: "kubectl")
        pod("v1", 1)
        pod("v1", 2)
    }

    private mutating func backUp() {
        write("Lease", "theseus-shop", ["spec": ["holderIdentity": "host"]])
        remember(.planned(digest: "plan"))
        hold()
        remember(.stepBegun(Self.order(0)))
        state.backup = Backup(digest: "copies", stableReady: 2)
        remember(.backedUp(Self.order(0, 1), Backup(digest: "copies", stableReady: 2)))
        change("Deployment", "shop-v1") { _ in }
        change("HorizontalPodAutoscaler", "shop-v1") { $0.set(2, at: "spec", "minReplicas") }
        done(0, 2)
    }

    private mutating func pin() {
        write("DestinationRule", "shop", Self.rule("v1"))
        done(1, 1)
        write("VirtualService", "shop", Self.routes(Self.parts(0), isDark: false))
        done(1, 3)
    }

    private mutating func deploy() {
        write("Deployment", "shop-v2", Self.deployment("v2", replicas: 1))
        done(1, 5)
        pod("v2", 1, isReady: false)
        pod("v2", 1)
        done(1, 6)
    }

    mutating func shift(_ weight: Int, step: Int) {
        state.weight = TrafficWeight(percent: weight) ?? .none
        done(step, 1)
        let list: JSONTree =
            weight == 100
            ? [Self.destination("v1", 0), Self.destination("v2", 100)] : Self.parts(weight)
        write("VirtualService", "shop", Self.routes(list))
        done(step, 2)
        remember(.observed(Self.order(step, 3), seen: true, note: ""))
    }

    private mutating func removeCandidate() {
        remove("Deployment", "shop-v2")
        remove("Pod", "shop-v2-1", by: "node")
        remove("Pod", "shop-v2-2", by: "node")
        write("DestinationRule", "shop", Self.rule("v1"))
    }

    private mutating func restore() {
        change("HorizontalPodAutoscaler", "shop-v1") { $0.set(1, at: "spec", "minReplicas") }
        remove("DestinationRule", "shop")
        unseal("VirtualService", "shop")
        unseal("Deployment", "shop-v1")
        unseal("HorizontalPodAutoscaler", "shop-v1")
        state.course = .rolledBack(Setback(.aborted, "aborted by ann"))
        remember(.done(Self.order(7, 9, .home), note: "all is as before"))
        remove("Lease", "theseus-shop")
    }

    mutating func decide() {
        state.course = .closing(Progress(step: 8, leg: 0, entered: .zero))
        remember(.promotionDecided(Self.order(8)))
    }

    /// Longer ago than any look that a write rests on.
    mutating func loseCandidate() {
        for number in 1...2 { pod("v2", number, isReady: false) }
        date += 60_000
    }

    private mutating func close() {
        if case .closing = state.course {} else { decide() }
        write(
            "VirtualService", "shop",
            Self.routes([Self.destination("v1", 0), Self.destination("v2", 100)], isDark: false))
        write("VirtualService", "shop", Self.routes([Self.destination("v2", 100)], isDark: false))
    }

    private mutating func retire() {
        remove("HorizontalPodAutoscaler", "shop-v1")
        remove("Deployment", "shop-v1")
        remove("Pod", "shop-v1-1", by: "node")
        remove("Pod", "shop-v1-2", by: "node")
        write("DestinationRule", "shop", Self.rule("v2"))
    }

    private mutating func tidy() {
        unseal("VirtualService", "shop")
        unseal("DestinationRule", "shop")
        unseal("Deployment", "shop-v2")
        state.course = .promoted
        remember(.done(Self.order(8, 6, .closing), note: ""))
        remove("Lease", "theseus-shop")
    }
}
