package import Journal

extension RunCard {
    /// A target is `cluster namespace/service`.
    package var namespace: String { String(place.first ?? "") }
    package var service: String { String(place.last ?? "") }
    package var cluster: String { String(target.split(separator: " ").first ?? "") }

    private var place: [Substring] {
        (target.split(separator: " ").last ?? "").split(separator: "/")
    }
}
