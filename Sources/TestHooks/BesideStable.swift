internal import CanaryEngine

/// The same load on candidate and stable at the same time, and the one's numbers held against the
/// other's.
///
/// What the machine, the network and the hour do to one they do to the other. Takes a version header,
/// since a request without the dark match may meet either.
struct BesideStable {
    private let spec: TestSpec
    private let place: TestPlace

    init(_ spec: TestSpec, _ place: TestPlace) {
        self.spec = spec
        self.place = place
    }

    func report() async throws -> TestReport {
        guard case .http(let load) = spec.kind, load.dark, let header = load.versionHeader else {
            throw HookError(.notComparable, place: "tests.\(spec.name)")
        }
        async let ofCandidate = test(load).run(name: spec.name)
        async let ofStable = stable(load).run(name: spec.name)
        let (candidate, stable) = (try await ofCandidate, try await ofStable)
        var report = candidate
        report.traffic = candidate.traffic + stable.traffic
        report.measures += stable.measures.map { Measure("stable \($0.name)", $0.value) }
        guard candidate.passed else { return report }
        guard !stable.measures.isEmpty,
            stable.measures.contains(where: { $0.name == LoadMeasure.median })
        else {
            report.passed = false
            report.sentence =
                "no answer says by its header \(header) that it is stable's"
                + " (\(place.context.stable)): there is nothing to compare with"
            return report
        }
        let worse = spec.rule.compare(now: candidate.measures, baseline: stable.measures)
        if worse.isEmpty {
            report.sentence += "; beside stable within the tolerance"
        } else {
            report.passed = false
            report.sentence =
                "beside stable: " + worse.map(\.description).joined(separator: "; ")
        }
        return report
    }

    private func test(_ load: TestSpec.Load) -> LoadTest {
        LoadTest(
            load: load, context: place.context, transport: place.doors.transport, time: place.time)
    }

    private func stable(_ load: TestSpec.Load) -> LoadTest {
        var load = load
        load.dark = false
        load.maxErrors = TestSpec.Load.most
        var test = test(load)
        test.isOfStable = true
        return test
    }
}

extension OwnTraffic {
    static func + (one: OwnTraffic, other: OwnTraffic) -> OwnTraffic {
        switch (one, other) {
        case (.none, let other): other
        case (let one, .none): one
        case (.unknown, _), (_, .unknown): .unknown
        case (.counted(let a, let b, let c, let d), .counted(let e, let f, let g, let h)):
            .counted(
                candidate: a + e, candidateErrors: b + f, stable: c + g, stableErrors: d + h)
        }
    }
}
