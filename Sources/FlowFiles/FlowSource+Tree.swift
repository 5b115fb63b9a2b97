package import JSONTree

/// How a run's journal remembers what its flow was read from.
extension FlowSource {
    package var tree: JSONTree {
        [
            "folder": .string(folder),
            "files": .array(
                files.map {
                    [
                        "path": .string($0.path),
                        "text": .string(String(decoding: $0.bytes, as: UTF8.self)),
                    ]
                }),
            "overrides": overrides.tree,
        ]
    }

    package init?(tree: JSONTree) {
        guard let folder = tree["folder"]?.text, let listed = tree["files"]?.items,
            let overrides = tree["overrides"].flatMap(FlowOverrides.init(tree:))
        else { return nil }
        var files: [File] = []
        for file in listed {
            guard let path = file["path"]?.text, let text = file["text"]?.text else { return nil }
            files.append(File(path: path, bytes: Array(text.utf8)))
        }
        self.init(files: files, folder: folder, overrides: overrides)
    }
}

extension FlowOverrides {
    var tree: JSONTree {
        var tree: JSONTree = [
            "images": Self.tree(images), "parameters": Self.tree(parameters),
        ]
        if let manifest { tree["manifest"] = .string(manifest) }
        if let namespace { tree["namespace"] = .string(namespace) }
        if let stable { tree["stable"] = .string(stable) }
        return tree
    }

    init?(tree: JSONTree) {
        self.init()
        guard let images = Self.settings(tree["images"]),
            let parameters = Self.settings(tree["parameters"])
        else { return nil }
        self.images = images
        self.parameters = parameters
        for (key, path) in [
            ("manifest", \FlowOverrides.manifest), ("namespace", \.namespace),
            ("stable", \.stable),
        ] {
            guard let value = tree[key] else { continue }
            guard let text = value.text else { return nil }
            self[keyPath: path] = text
        }
    }

    private static func tree(_ settings: [Setting]) -> JSONTree {
        .array(settings.map { ["name": .string($0.name), "value": .string($0.value)] })
    }

    private static func settings(_ tree: JSONTree?) -> [Setting]? {
        guard let items = tree?.items else { return nil }
        let settings = items.compactMap { item -> Setting? in
            guard let name = item["name"]?.text, let value = item["value"]?.text else {
                return nil
            }
            return Setting(name: name, value: value)
        }
        return settings.count == items.count ? settings : nil
    }
}
