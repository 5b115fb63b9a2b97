internal import FlowFiles
internal import JSONTree
internal import WorstDay

extension RehearsalLines {
    /// Everything that was learned, for machines.
    var tree: JSONTree {
        let target = report.flow.target
        let origin: JSONTree =
            switch report.origin {
            case .cluster(let server): .string(server)
            case .manifests: .null
            }
        return [
            "apiVersion": "theseus.dev/v1", "kind": "Rehearsal", "flow": .string(report.flow.name),
            "namespace": .string(target.namespace), "service": .string(target.service),
            "cluster": origin, "seed": .integer(Int(truncatingIfNeeded: report.seed)),
            "users": ["perSecond": .number(report.load), "source": .string(users)],
            "isWhole": .bool(report.isWhole), "isSound": .bool(report.isSound),
            "scripted": .array(report.scripted.map(JSONTree.string)),
            "matrix": .array(report.matrix.rows.map(row)),
            "flaws": .array(report.flaws.map(flaw)),
            "blastRadius": outlookTree, "plays": .array(report.results.map(play)),
        ]
    }

    private func row(_ row: Matrix.Row) -> JSONTree {
        [
            "what": .string(row.what.rawValue),
            "where": .array(row.places.map { .string(names.name(of: $0)) }),
            "plays": .integer(row.plays), "ends": .string(Self.word(row.end)),
            "exit": row.exit.map { .integer(Int($0)) } ?? .null,
            "homeSeconds": Self.span(of: row.home), "overSeconds": Self.span(of: row.over),
        ]
    }

    private static func span(of durations: [Duration]) -> JSONTree {
        guard let median = durations.median, let worst = durations.max() else { return .null }
        return ["median": seconds(median), "worst": seconds(worst)]
    }

    private static func seconds(_ duration: Duration) -> JSONTree {
        .number((duration / .milliseconds(1)).rounded() / 1000)
    }

    private func flaw(_ flaw: Flaw) -> JSONTree {
        [
            "code": .string(flaw.code.rawValue), "step": .string(names.name(of: flaw.place)),
            "what": .string(flaw.sentence),
            "replay": .string("\(replay) --play \(flaw.plays.first ?? "")"),
            "plays": .array(flaw.plays.map(JSONTree.string)),
        ]
    }

    private func play(_ result: TrialResult) -> JSONTree {
        var tree: JSONTree = [
            "id": .string(result.trial), "what": .string(result.what.rawValue),
            "where": .string(names.name(of: result.place)), "detail": .string(result.detail),
            "ends": .string(Self.word(result.end)), "why": .string(result.why),
            "exit": result.exit.map { .integer(Int($0)) } ?? .null,
            "seconds": Self.seconds(result.lasted), "overSeconds": Self.seconds(result.over),
            "homeSeconds": result.home.map(Self.seconds) ?? .null,
            "greatestShare": .integer(result.greatestShare),
        ]
        tree["turned"] = result.turned.map { .string(names.name(of: $0)) }
        tree["broken"] =
            result.broken.isEmpty ? nil : .array(result.broken.map(JSONTree.string))
        return tree
    }
}
