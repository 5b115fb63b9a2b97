internal import KubernetesAPI
internal import Voyage

/// Asks the cluster for every right that a run needs.
struct RightsReview: Sendable {
    let client: KubernetesClient

    /// Throws, as deploy does, what is lacking; the rights that nobody would speak of are left out.
    ///
    /// Where the server cannot list all that we may, it is asked of each right by itself.
    func require(_ rights: [AccessRight]) async throws -> [DeliveryPlan.Right] {
        var answers: [DeliveryPlan.Right] = []
        var lists: [String: OwnRights?] = [:]
        for right in rights {
            let space = right.namespace
            if lists[space] == nil {
                lists[space] = .some(
                    try await client.patiently { try await $0.ownRights(in: space) })
            }
            let isGranted: Bool?
            if let list = lists[space] ?? nil {
                isGranted = list.cover(right)
            } else {
                isGranted = try await client.patiently { try await $0.has(right) }
            }
            answers.append(DeliveryPlan.Right(right: right, isGranted: isGranted))
        }
        var lacking: [AccessRight] = []
        for answer in answers where answer.isGranted == false {
            var right = answer.right
            right.name = nil
            if !lacking.contains(right) { lacking.append(right) }
        }
        if let first = lacking.first {
            throw VoyageError(
                .lacking(lacking), place: "\(client.server), namespace \(first.namespace)")
        }
        return answers
    }
}
