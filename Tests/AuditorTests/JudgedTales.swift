import CanaryEngine
import JSONTree

/// Promotions of what nobody judged.
extension AuditTests {
    static let judged: [Told] = [
        Told("promotion of another template than was judged", after: .all, breaks: "S16") {
            var edited = $0.objects["Deployment shop-v2"] ?? .null
            edited.set("other", at: "spec", "template", "spec", "serviceAccountName")
            $0.keep("Deployment", "shop-v2", edited, by: "ann")
            $0.tell(.close)
        },
        Told("promotion of a settings file that was edited meanwhile", after: .all, breaks: "S16") {
            $0.keep("ConfigMap", "shop-settings", ["data": ["color": "red"]], by: "ann")
            $0.date += 60_000
            $0.tell(.close)
        },
        Told("promotion with a settings file that nobody reads", after: .all) {
            $0.keep("ConfigMap", "others", ["data": ["color": "red"]], by: "ann")
            $0.date += 60_000
            $0.tell(.close)
            $0.tell(.retire)
            $0.tell(.tidy)
        },
        Told("promotion of pods of another image", after: .all, breaks: "S16") {
            $0.pod("v2", 3, image: "app@sha256:2")
            $0.date += 60_000
            $0.tell(.close)
        },
        Told("promotion of the same image under other names", after: .all) {
            $0.pod("v2", 3, image: "docker-pullable://mirror/app@sha256:1")
            $0.pod("v2", 4, image: "sha256:2")
            $0.date += 60_000
            $0.tell(.close)
            $0.tell(.retire)
            $0.tell(.tidy)
        },
        Told("stable that goes when the candidate has no pod any more", after: .all, breaks: "S4") {
            $0.tell(.close)
            $0.loseCandidate()
            $0.tell(.retire)
        },
        Told(
            "a destination of stable that goes when the candidate has none", after: .all,
            breaks: "S4"
        ) {
            $0.decide()
            $0.loseCandidate()
            $0.tell(.close)
        },
        Told("a candidate that loses its pods when promotion was just decided", after: .all) {
            $0.decide()
            $0.loseCandidate()
        },
        Told("a pin and a subset that somebody took away", after: .darken) {
            let open = Tale.routes([Tale.destination(nil)])
            var there = $0.objects["VirtualService shop"] ?? .null
            there["spec"] = open["spec"]
            $0.keep("VirtualService", "shop", there, by: "ann")
            $0.keep("DestinationRule", "shop", Tale.rule("v1"), by: "ann")
            $0.change("VirtualService", "shop") { _ in }
        },
    ]
}
