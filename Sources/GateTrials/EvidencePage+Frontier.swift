internal import MetricsGate

/// All settings of the others, where nobody errs more often than the default promises.
extension EvidencePage {
    /// What the default promises is the first; others are held to more too.
    private static let limits = [0.02, 0.05, 0.1, 0.2]

    private var promise: Double { ours.falseAlarms }

    var frontiers: String {
        let settings = [ours.falseAlarms, 0.05, 0.2].map { alarms in
            var rule = ours
            rule.falseAlarms = alarms
            return rule
        }
        let all = TrialScenario.loads.map {
            Frontier(
                weight: $0.weight, requestsPerSecond: $0.requestsPerSecond, ours: settings,
                runs: runs)
        }
        let alarms = Percent.text(promise)
        let needed = Int((1 / (promise * 0.8)).rounded())
        return """
            ## At equal false rollbacks

            A bound suits the rate at which a service fails, and who writes it guesses that. Here each rule
            has one setting for all of these pairs of equal versions: both fail 0.1%; 1%; 3%; 1%, and more and
            more until it is 3% after the half hour; 1%, and for two minutes 20%. Of the others every setting
            of a grid is tried: bounds from 1.2% to 15%, from 1 to 10 failed checks, scores every 1 to 15
            minutes. Those that roll back more than \(alarms) of the runs of any pair are left out, \
            for that is
            what the default promises. The tables have the requests hurt in the mean, and of the others the
            setting that is best against that very candidate, chosen when all was over: the bound, and how
            many failed checks roll back.

            \(all.map(costs).joined(separator: "\n\n"))

            \(dominance(all))

            ## What a false rollback buys

            The same, as one number: how long the five candidates go on in the mean, where 1 is until the
            first look, at which nobody can stop them yet. Each rule has one setting against all of them, the
            best of those that roll back at most so many runs of each pair of equal versions.

            \(all.map(prices).joined(separator: "\n\n"))

            ## Where the rate is known

            The others again, with bounds tuned to a service that fails 1% at all hours, so that they err in
            at most \(alarms) of its runs; what they would do to the other pairs is not asked. \
            They begin with a
            number that the sequential gate has to learn from stable's requests of the same minutes, and each
            setting is again the best against that very candidate.

            \(known(all))

            At 50% of 20/s a candidate that fails 5% has failed 15 times after half a minute, and stable 3
            times. A coin falls so at best 79 times as often if it is loaded; for the promise \(needed) times
            are needed, at whatever look, and not to know how it is loaded has its price, too. So it often
            takes one look more: that is what it costs not to be told how often the service fails.
            """
    }

    // MARK: Tables

    private func costs(_ frontier: Frontier) -> String {
        let rows = Frontier.worse.enumerated().map { place, service in
            let cells = frontier.families.indices.map { family in
                family == 0
                    ? tenths(frontier.ours.hurt[place])
                    : frontier.best(of: family, against: place, mistakes: promise).map {
                        "\(tenths($0.hurt[place])) (\($0.rule.setting))"
                    } ?? "every setting errs more often"
            }
            return "| \(service.name) | \(cells.joined(separator: " | ")) |"
        }
        return table(frontier.name, "stable, candidate", frontier, rows)
    }

    private func prices(_ frontier: Frontier) -> String {
        let rows = Self.limits.map { limit in
            let cells = frontier.families.indices.map { family in
                frontier.best(of: family, mistakes: limit).map {
                    "\(tenths(frontier.time($0))) (\($0.rule.setting))"
                } ?? "every setting errs more often"
            }
            return "| \(Percent.text(limit)) | \(cells.joined(separator: " | ")) |"
        }
        return table(frontier.name, "false rollbacks at most", frontier, rows)
    }

    private func table(
        _ title: String, _ corner: String, _ frontier: Frontier, _ rows: [String]
    ) -> String {
        let names = frontier.families.map(\.name)
        let head = "| \(title): \(corner) | \(names.joined(separator: " | ")) |"
        let line = "|---|\(names.map { _ in "---" }.joined(separator: "|"))|"
        return ([head, line] + rows).joined(separator: "\n")
    }

    private func dominance(_ all: [Frontier]) -> String {
        let worst = all.map { $0.ours.mistakes(steady: false) }.max() ?? 1
        let losses = all.flatMap { frontier in
            frontier.losses(mistakes: promise).map { told($0, frontier) }
        }
        let most =
            "The sequential gate by default rolls back at most \(Percent.text(worst)) of the runs of any"
            + " pair of equal versions."
        return losses.isEmpty
            ? "\(most) **None of the others has a setting that errs in at most"
                + " \(Percent.text(promise)) of them and hurts fewer requests, of any of the five"
                + " candidates, at any of the four loads.**"
            : "\(most) Fewer requests than it hurt: \(losses.joined(separator: "; "))."
    }

    private func known(_ all: [Frontier]) -> String {
        let losses = all.flatMap { frontier in
            frontier.losses(mistakes: promise, steady: true).map { told($0, frontier) }
        }
        return losses.isEmpty
            ? "None of them hurts fewer requests even so."
            : "Fewer requests than the sequential gate hurt: \(losses.joined(separator: "; ")). In all other"
                + " cells of the three candidates, the four loads and the three rules it is the"
                + " sequential gate that hurts as few or fewer."
    }

    private func told(_ loss: Frontier.Loss, _ frontier: Frontier) -> String {
        "*\(loss.rule.name)* at \(frontier.name) against \(Percent.text(loss.service.candidate))"
            + " (\(hundredths(loss.theirs)), not \(hundredths(loss.ours)))"
    }

    private func hundredths(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let rest = hundredths % 100
        return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
    }

    private func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return number >= 100 ? "\(Int(number.rounded()))" : "\(tenths / 10).\(tenths % 10)"
    }
}
