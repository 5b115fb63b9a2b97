internal import JSONTree
internal import KubernetesAPI
internal import Manifests

extension WorkloadKeeper {
    /// Where the candidate's pod template is no longer what this run applied; nil where it is.
    ///
    /// What is promoted must be what was judged: somebody else's `set image` in between is another
    /// version, which nobody looked at.
    package func candidateDifference() async throws -> String? {
        guard let candidate = try await get(.deployment, scope.candidateName) else { return nil }
        var wanted = scope.candidate
        wanted.tree = ["spec": ["template": scope.candidate.spec["template"] ?? .null]]
        guard let place = Sameness.firstDifference(wanted, candidate) else { return nil }
        let writer = candidate.lastWriter.map { "; last written by \($0)" } ?? ""
        return "\(candidate.reference(as: .deployment)): \(place)\(writer)"
    }
}
