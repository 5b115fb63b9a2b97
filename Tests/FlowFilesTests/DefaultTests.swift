import JSONTree
import Testing

@testable import FlowFiles

/// What the table calls the default is what the reader takes where nothing is written.
@Suite struct DefaultTests {
    private static let base: JSONTree = [
        "apiVersion": "theseus.dev/v1", "kind": "Flow", "metadata": ["name": "reviews"],
        "spec": [
            "target": [
                "namespace": "bookinfo", "service": "reviews", "manifest": "k8s/reviews-v2.yaml",
            ],
            "gateway": ["url": "https://shop.example.com"],
            "prometheus": ["address": "http://prometheus:9090"],
            "dark": ["match": [["headers": ["x-canary": ["exact": "1"]]]]],
            "limits": [:], "guard": ["image": "theseus"],
            "gitops": ["writeBack": "out"],
            "sources": [
                "dog": [
                    "datadog": ["apiKey": ["env": "A"], "applicationKey": ["env": "B"]]
                ],
                "relic": ["newrelic": ["account": 1, "apiKey": ["env": "A"]]],
                "web": ["web": ["address": "https://a.example.com"]],
            ],
            "tests": [
                "load": ["http": ["path": "/"], "retries": ["times": 2]],
                "answer": ["http": ["path": "/", "expect": ["body": "ok"]]],
                "chat": ["webhook": ["url": "https://chat.example.com"]],
                "queue": ["tcp": ["host": "mq", "port": 5672]],
            ],
            "gates": [
                "errors": ["errorRatio": [:], "max": 0.01],
                "rate": ["successRate": [:], "min": 0.9],
                "worse": ["errorRatio": [:], "sequential": [:]],
                "asked": ["source": "web", "query": "a", "samplesQuery": "b", "max": 1],
                "shape": [
                    "distributions": ["metrics": ["cpu": ["query": "c{v='${candidate}'}"]]]
                ],
            ],
            "steps": [
                "backup", ["deploy": [:]], "route", ["reach": [:]], ["drill": [:]],
                ["weight": 100], ["shrink": [:]], "retire",
            ],
        ],
    ]

    private static func flow(_ tree: JSONTree) throws -> Flow {
        var files = Files.good
        files.texts["reviews.yaml"] = JSONWriter.text(of: tree)
        return try files.load().flow
    }

    private struct Site {
        let path: [Step]
        let key: FlowKey
        let usual: String

        enum Step {
            case key(String)
            case index(Int)
        }
    }

    /// Wherever the base has a mapping without a key that has a default.
    private static func sites(_ tree: JSONTree, _ shape: FlowShape, _ path: [Site.Step]) -> [Site] {
        switch shape {
        case .part(let part):
            guard let members = tree.members else { return [] }
            return part.keys.flatMap { key -> [Site] in
                if let inner = members[key.name] {
                    return sites(inner, key.shape, path + [.key(key.name)])
                }
                // Only of points that a source gives.
                guard key.name != "reduce" || members["source"] != nil else { return [] }
                return key.usual.map { [Site(path: path, key: key, usual: $0)] } ?? []
            }
        case .named(let inner):
            return (tree.members ?? [:]).flatMap { sites($0.value, inner, path + [.key($0.key)]) }
        case .either(let word, let rest):
            return tree.members == nil ? [] : sites(tree, word, path) + sites(tree, rest, path)
        case .steps:
            return (tree.items ?? []).enumerated().flatMap { index, item -> [Site] in
                guard let only = item.members?.first,
                    let step = FlowKeys.steps.first(where: { $0.name == only.key })
                else { return [] }
                return sites(only.value, step.shape, path + [.index(index), .key(only.key)])
            }
        default: return []
        }
    }

    private static func set(
        _ value: JSONTree, _ name: String, in tree: JSONTree, _ path: [Site.Step]
    )
        -> JSONTree
    {
        var tree = tree
        guard let first = path.first else {
            tree[name] = value
            return tree
        }
        let rest = Array(path.dropFirst())
        switch first {
        case .key(let key): tree[key] = set(value, name, in: tree[key] ?? .null, rest)
        case .index(let index):
            var items = tree.items ?? []
            items[index] = set(value, name, in: items[index], rest)
            tree = .array(items)
        }
        return tree
    }

    @Test func everyDefaultIsTrue() throws {
        let usual = try Self.flow(Self.base)
        let sites = Self.sites(Self.base, .part(FlowKeys.file), [])
        // prometheus.scrape and spec.scrape are one, as are the two kinds of retries.
        #expect(sites.count > 60)
        for site in sites {
            let scalar = try JSONReader.tree(of: Array(Self.written(site).utf8))
            let said = Self.set(scalar, site.key.name, in: Self.base, site.path)
            #expect(try Self.flow(said) == usual, "\(site.path).\(site.key.name): \(site.usual)")
        }
    }

    /// As JSON: numbers and flags bare, all else in quotes.
    private static func written(_ site: Site) -> String {
        let isBare = Int(site.usual) != nil || ["true", "false"].contains(site.usual)
        return isBare ? site.usual : JSONWriter.text(of: .string(site.usual))
    }
}
