internal import JSONTree
package import Manifests

/// What was seen of a cluster, path by path.
package struct LiveObjects: Sendable {
    private enum Sight: Sendable {
        case nothing
        /// Somebody who asked again would not see it either.
        case hidden
        case object(JSONTree)
        /// `isWhole`: no selector left anything out.
        case list([JSONTree], isWhole: Bool)
    }

    private var sights: [String: Sight] = [:]
    /// The paths in the order in which they were first asked for.
    private var paths: [String] = []
    /// The versions that each group is served in, as far as somebody asked.
    private(set) var versions: [String: [String]] = [:]

    package init() {}

    /// Takes down one answer; `target` is path and query.
    mutating func note(_ target: String, status: Int, _ tree: JSONTree?) {
        let path = APIPath.path(of: target)
        let query = APIPath.query(of: target)
        guard let place = APIPath(path) else {
            noteVersions(path, status, tree)
            return
        }
        guard place.subresource == nil, !query.contains("watch=") else { return }
        let sight: Sight
        switch status {
        case 200..<300:
            guard let tree else { return }
            sight =
                place.name == nil
                ? list(tree, after: sights[path], query) : .object(tree)
        case 404: sight = .nothing
        case 401, 403: sight = .hidden
        default: return
        }
        if sights.updateValue(sight, forKey: path) == nil { paths.append(path) }
    }

    private mutating func noteVersions(_ path: String, _ status: Int, _ tree: JSONTree?) {
        let parts = path.split(separator: "/")
        guard parts.count == 2, parts[0] == "apis" else { return }
        if status == 404 {
            versions[String(parts[1])] = []
        } else if let served = tree?["versions"]?.items {
            versions[String(parts[1])] = served.compactMap { $0["version"]?.text }
        }
    }

    /// A page adds to those before it.
    private func list(_ tree: JSONTree, after sight: Sight?, _ query: String) -> Sight {
        let kind = tree["kind"]?.text.map { $0.hasSuffix("List") ? String($0.dropLast(4)) : $0 }
        var items = (tree["items"]?.items ?? []).map { item in
            var item = item
            // The items of a list say no kind of their own.
            if item["kind"] == nil { item["kind"] = kind.map(JSONTree.string) }
            if item["apiVersion"] == nil { item["apiVersion"] = tree["apiVersion"] }
            return item
        }
        let isWhole = !query.contains("Selector=")
        guard case .list(let earlier, let wasWhole)? = sight else {
            return .list(items, isWhole: isWhole)
        }
        if wasWhole, !isWhole { return .list(earlier, isWhole: true) }
        if query.contains("continue=") || !isWhole { items = earlier + items }
        return .list(items, isWhole: isWhole)
    }

    /// Whether somebody has looked there, at the object itself or at all that stand beside it.
    func knows(_ path: String) -> Bool {
        if let sight = sights[path] {
            if case .list(_, false) = sight { return false }
            return true
        }
        return (APIPath(path)?.collections ?? []).contains {
            if case .list(_, true)? = sights[$0] { true } else { false }
        }
    }

    /// The object at a path, from whichever look at it; nil where there was none.
    func object(at path: String) -> JSONTree? {
        if case .object(let tree)? = sights[path] { return tree }
        guard let place = APIPath(path), let name = place.name else { return nil }
        for collection in place.collections {
            guard case .list(let items, _)? = sights[collection] else { continue }
            let found = items.first {
                $0.at("metadata", "name")?.text == name
                    && $0.at("metadata", "namespace")?.text == place.namespace
            }
            if let found { return found }
        }
        return nil
    }

    /// Every object that was seen, each once, as it was seen last.
    package var objects: [KubernetesObject] {
        var found: [KubernetesObject] = []
        var places: [String: Int] = [:]
        for path in paths {
            let trees: [JSONTree] =
                switch sights[path] {
                case .object(let tree)?: [tree]
                case .list(let items, _)?: items
                case .nothing?, .hidden?, nil: []
                }
            for object in trees.map(KubernetesObject.init) {
                let group = object.apiVersion.split(separator: "/").dropLast().first ?? ""
                let key = "\(group)/\(object.kind)/\(object.namespace)/\(object.name)"
                if let place = places[key] {
                    found[place] = object
                } else {
                    places[key] = found.count
                    found.append(object)
                }
            }
        }
        return found
    }
}
