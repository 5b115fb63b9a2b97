internal import Checkup
internal import FlowFiles
internal import Foresight
internal import JSONTree
internal import Lab
internal import Timekeeping

/// `theseus doctor [FLOW]`: what a release stands on, each finding with its remedy.
struct DoctorCommand: Sendable {
    let request: CommandRequest

    init(_ request: CommandRequest) { self.request = request }

    func carryOut() async throws -> ExitCode {
        let flow = request.operand == nil ? nil : try request.flow()
        guard request.value("--cluster") == "lab" else {
            return tell(
                try await look(flow, try await Ground.cluster(request, by: Lookout().through)))
        }
        let turnable = TurnableWorld()
        let ground = try Ground.lab(
            try LabWorlds.world(nil), LabClock(turnable), by: Lookout().through)
        return tell(try turnable.run { try await look(flow, ground) })
    }

    private func look(_ flow: (flow: Flow, source: FlowSource)?, _ ground: Ground) async throws
        -> [Symptom]
    {
        let isInFile = request.value("--journal")?.hasPrefix("sqlite:") ?? (ground.lab != nil)
        return await Examination(
            ground.rig,
            namespace: flow?.flow.target.namespace ?? request.value("--namespace")
                ?? ground.namespace ?? "default",
            flow: flow, remembersInCluster: !isInFile
        ).symptoms()
    }

    private func tell(_ symptoms: [Symptom]) -> ExitCode {
        let bad = symptoms.count { $0.state == .bad }
        if request.wantsJSON {
            Terminal.say(JSONWriter.text(of: .array(symptoms.map(Self.tree))))
            return bad > 0 ? .refused : .done
        }
        let width = symptoms.map(\.name.count).max() ?? 0
        for symptom in symptoms {
            let state = Self.padded(symptom.state.rawValue, 7)
            Terminal.say("\(state)  \(Self.padded(symptom.name, width))  \(symptom.said)")
            if let remedy = symptom.remedy { Terminal.say("         do: \(remedy)") }
        }
        let odd = symptoms.count { $0.state == .odd }
        Terminal.say("\(bad) bad, \(odd) to look at; nothing was changed")
        if bad == 0, let flow = request.operand {
            Terminal.say("next: theseus plan \(flow)\(request.sayings)\(request.whereabouts)")
        }
        return bad > 0 ? .refused : .done
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func tree(_ symptom: Symptom) -> JSONTree {
        [
            "name": .string(symptom.name), "state": .string(symptom.state.rawValue),
            "said": .string(symptom.said),
            "remedy": symptom.remedy.map(JSONTree.string) ?? .null,
        ]
    }
}
