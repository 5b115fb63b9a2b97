internal import JSONTree
internal import TestHooks
internal import YAML

/// Jobs of tests.
extension FlowReading {
    mutating func job(_ field: FlowField, in test: FlowField) -> TestSpec.Job? {
        guard let place = field["manifest"], let path = place.text else { return nil }
        guard let file = source.files.dropFirst().first(where: { $0.path == path }) else {
            faults.append(
                place.error(
                    .file, "missing file: \(ShapeCheck.short(path))",
                    do: "check the path: it starts from the flow's folder"))
            return nil
        }
        let shown = FlowPath.joined(FlowPath.folder(of: source.files[0].path), path)
        let documents: [YAMLNode]
        do throws(YAMLError) {
            documents = try YAMLReader.documents(of: file.bytes, file: shown)
        } catch {
            faults.append(FlowError(error, file: shown))
            return nil
        }
        let objects = documents.filter { !$0.isNull }.map(ManifestReading.tree(of:))
        guard let manifest = objects.first, objects.count == 1,
            manifest["apiVersion"] == "batch/v1", manifest["kind"] == "Job"
        else {
            faults.append(
                place.error(
                    .contradiction, "\(ShapeCheck.short(path)) must hold one Job of batch/v1",
                    do: "keep other objects in other files"))
            return nil
        }
        let containers = manifest.at("spec", "template", "spec", "containers")?.items ?? []
        let names = containers.compactMap { $0["name"]?.text }
        if names.isEmpty {
            faults.append(
                place.error(
                    .contradiction, "the Job in \(ShapeCheck.short(path)) has no container",
                    do: "add one under spec.template.spec.containers"))
        }
        for key in ["parallelism", "completions"] where (manifest.at("spec", key)?.whole ?? 1) != 1
        {
            faults.append(
                place.error(
                    .contradiction, "the Job in \(ShapeCheck.short(path)) has \(key) other than 1",
                    do: "take it away: a test is one pod"))
        }
        if let container = field["container"], let name = container.text, !names.contains(name) {
            faults.append(
                container.error(
                    .unknownName, "unknown container \"\(ShapeCheck.short(name))\"",
                    do: NearestName.suggestion(for: name, among: names, none: "take it away")))
        }
        return TestSpec.Job(
            manifest, container: field["container"]?.text,
            sendsRequests: test["requests"]?.text != "none")
    }
}
