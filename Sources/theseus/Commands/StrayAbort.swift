internal import IstioRoutes
internal import KubernetesAPI
internal import Manifests
internal import Voyage

/// The abort of a run that no journal at hand knows, or can tell of: by its marks, as far as they lead.
struct StrayAbort: Sendable {
    let request: CommandRequest
    let ground: Ground
    /// What would bring back the journal that the run may have; nil where none at hand knows the run.
    var remedy: String?

    func carryOut(_ mark: RouteMark) async throws -> ExitCode {
        let end = UnrememberedEnd(
            client: ground.rig.cluster.patient(for: ground.rig.pace.patience), holder: Holder.name,
            pace: ground.rig.pace)
        let (done, rest) = try await end.carryOut(mark, by: Environment.person)
        switch rest {
        case .objects, .traffic: await leaveWord(mark)
        case .undone, .promoted, .driven: break
        }
        ReportFiles(request).leaveOut(
            mark.run,
            remedy == nil
                ? "no journal at hand knows the run" : "the journal cannot be read or written")
        let said = done.joined(separator: "; ")
        let run = mark.run
        switch rest {
        case .undone:
            if !request.wantsJSON {
                Terminal.say(
                    "run \(run): \(said.isEmpty ? "all" : said + "; the rest") is as before")
            }
            return ended(mark, "rolled-back", said, .done)
        case .objects(let left):
            return personNeeded(
                mark, "traffic is home, and no journal says whose these are: \(Self.list(left))",
                mended(run)
                    + "\(Self.removal(of: left)), then `theseus abort \(run)` puts the routes back")
        case .traffic:
            return personNeeded(
                mark, "not all traffic is home: \(said)",
                "mend that, then `theseus abort \(run)` again")
        case .promoted:
            return personNeeded(
                mark,
                "it is promoted: stable has left the routes, and the run's marks are gone now",
                "see that nothing of the old version is left; deploy it again to have it back")
        case .driven:
            Terminal.complain(
                """
                run: another process drives it, by another journal; its lease tells it to go home
                  where: run \(run), \(mark.namespace)/\(mark.service): \(said)
                  do:    `theseus status \(run)` shows it on its way; abort again once it is silent
                """)
            return ended(mark, "running", said, .interrupted)
        }
    }

    /// Should its journal come back, whoever resumes the run by that goes on home.
    private func leaveWord(_ mark: RouteMark) async {
        let lease = TargetLease(
            client: ground.rig.cluster.patient(for: ground.rig.pace.patience),
            namespace: mark.namespace, service: mark.service, run: mark.run, holder: "",
            pace: ground.rig.pace)
        do {
            try await lease.leaveAbort(by: Environment.person)
        } catch {
            let said = Wording.text(of: error).prefix { $0 != "\n" }
            Terminal.complain(
                "run \(mark.run): no abort could be left on its lease (\(said)):"
                    + " whoever resumes it by its journal goes on")
        }
    }

    private func mended(_ run: String) -> String {
        remedy.map { "\($0), then `theseus resume \(run)`; or without it: " } ?? ""
    }

    private func personNeeded(_ mark: RouteMark, _ what: String, _ remedy: String) -> ExitCode {
        let whose =
            self.remedy == nil
            ? "which this journal does not know" : "of which the journal cannot tell"
        Terminal.complain(
            """
            run: \(what)
              where: run \(mark.run), \(whose)
              do:    \(remedy)
            """)
        return ended(mark, "person-needed", what, .personNeeded)
    }

    private func ended(_ mark: RouteMark, _ end: String, _ why: String, _ exit: ExitCode)
        -> ExitCode
    {
        EndLine(
            run: mark.run, end, reason: why, exit,
            next: exit == .done ? "" : "theseus abort \(mark.run)"
        ).say(to: request)
        return exit
    }

    private static func list(_ objects: [ObjectReference]) -> String {
        let names = objects.map { "\($0)" }
        return names.count > 5
            ? names.prefix(5).joined(separator: ", ") + " and \(names.count - 5) more"
            : names.joined(separator: ", ")
    }

    private static func removal(of objects: [ObjectReference]) -> String {
        let names = objects.map { "\($0.kind.plural)/\($0.name)" }.joined(separator: " ")
        return "kubectl -n \(objects.first?.namespace ?? "") delete \(names)"
    }
}
