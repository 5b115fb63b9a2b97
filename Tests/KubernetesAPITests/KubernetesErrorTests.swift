import HTTPMessages
import KubernetesAPI
import Testing

struct KubernetesErrorTests {
    struct Text: Sendable, CustomTestStringConvertible {
        let code: KubernetesError.Code
        let says: String
        let does: String
        let passes: Bool
        var testDescription: String { "\(code)" }
    }

    @Test(arguments: [
        Text(
            code: .unauthorized, says: "the API server does not know us: d (401)",
            does: "log in again, or give another --kubeconfig", passes: false),
        Text(
            code: .forbidden, says: "this account may not do that: d (403)",
            does: "give this account the right, or another --kubeconfig",
            passes: false),
        Text(
            code: .notFound, says: "there is no such object or kind: d (404)",
            does: "check name and namespace, and that the kind is installed", passes: false),
        Text(
            code: .conflict, says: "somebody wrote in between, or the object exists: d (409)",
            does: "see who else writes there, then run again", passes: true),
        Text(
            code: .gone, says: "that version is too old to go on from: d (410)",
            does: "nothing; list again and go on from there", passes: false),
        Text(
            code: .invalid, says: "the API server will never take this request: d (refused)",
            does: "correct the object as the message says", passes: false),
        Text(
            code: .tooMany(retryAfter: .seconds(7)),
            says: "the API server is too busy: d (429, again in 7 s)",
            does: "wait; the API server names the time", passes: true),
        Text(
            code: .unavailable(reached: .never),
            says: "the API server cannot be reached: d (not sent)",
            does: "check the address in the kubeconfig, and the network", passes: true),
        Text(
            code: .unavailable(reached: .perhaps),
            says: "no answer that says what happened: d (unknown)",
            does: "check the API server; read the object before writing again", passes: true),
        Text(
            code: .undecodable, says: "the answer is no Kubernetes object: d (undecodable)",
            does: "check that the address is an API server's and not a proxy's", passes: false),
        Text(
            code: .fenced(by: "r2"),
            says: "somebody else holds the object now: d (fenced by run r2)",
            does: "leave it to that holder; `theseus status` shows it", passes: false),
        Text(
            code: .fenced(by: ""), says: "our seal is gone from the object: d (fenced)",
            does: "see who removed its theseus.dev annotations, then `theseus status`",
            passes: false),
    ])
    func says(_ text: Text) {
        let error = KubernetesError(text.code, place: "PUT Pod demo/a", detail: "d")
        #expect(
            error.description == """
                kubernetes: \(text.says)
                  where: PUT Pod demo/a
                  do:    \(text.does)
                """)
        #expect(error.isPassing == text.passes)
    }

    @Test(arguments: [
        (
            AccessRight(
                verb: "update", group: "networking.istio.io", resource: "virtualservices",
                namespace: "demo"),
            "add to its Role in demo: {apiGroups: [networking.istio.io], "
                + "resources: [virtualservices], verbs: [update]}"
        ),
        (
            AccessRight(verb: "list", group: "", resource: "namespaces", namespace: ""),
            "add to its ClusterRole: {apiGroups: [\"\"], resources: [namespaces], verbs: [list]}"
        ),
    ]) func namesTheRuleThatIsMissing(_ right: AccessRight, _ remedy: String) {
        let error = KubernetesError(.forbidden, place: "p", detail: "", lacking: right)
        #expect(error.description.hasSuffix("\n  do:    \(remedy)"))
    }

    @Test func saysNothingWhereThereIsNoDetail() {
        let error = KubernetesError(.forbidden, place: "GET pods", detail: "")
        #expect(
            error.description == """
                kubernetes: this account may not do that (403)
                  where: GET pods
                  do:    give this account the right, or another --kubeconfig
                """)
    }
}
