import Foundation
import Golden
import JSONTree
import Testing

/// `theseus plan`, and deploys of kept plans.
@Suite struct PlanTests {
    /// The whole page, to the letter.
    @Test func theDemosPlan() async throws {
        let folder = try Folder()
        let flow = try folder.demo("good.yaml")
        try folder.demo("demo-app-v2.yaml")
        let plan = try await Program.run(["plan", flow, "--cluster", "lab"], in: folder.path)
        #expect(plan.code == 0, "\(plan)")
        #expect(plan.complaint == "")
        let text = plan.output.replacing("\(folder.path)/", with: "")
        try expectGolden(text, named: "plan-demo.txt")
    }

    /// What was planned is what comes next, and not the flow without what was said beside it.
    @Test func theNextCommandIsAboutTheSameRelease() async throws {
        let folder = try Folder()
        try folder.demo("good.yaml")
        try folder.demo("demo-app-v2.yaml")
        let plan = try await Program.run(
            ["plan", "good.yaml", "--cluster", "lab", "--image", "app=r.example.test/app:7"],
            in: folder.path)
        #expect(
            plan.output.hasSuffix(
                "\nnext: theseus deploy good.yaml --image app=r.example.test/app:7 --cluster lab\n"),
            "\(plan)")
    }

    /// Made on one day, carried out on the next: what is written is what was planned.
    @Test func aKeptPlanIsCarriedOut() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let file = lab.folder.file("plan.json")
            let plan = try await lab.run("plan", flow, "--out", file, "--output", "json")
            #expect(plan.code == 0, "\(plan)")
            #expect(try await lab.ourWrites() == [])
            let tree = try JSONReader.tree(of: Array(plan.output.utf8))
            #expect(plan.output == (try lab.folder.read("plan.json")))
            let planned = (tree["steps"]?.items ?? []).flatMap { step in
                (step["writes"]?.items ?? []).map { write in
                    "\(write["kind"]?.text ?? "") \(write["name"]?.text ?? "")"
                }
            }
            #expect(planned.count > 10)

            let deploy = try await lab.run("deploy", "--plan", file, "--run-id", "r1")
            #expect(deploy.code == 0, "\(deploy)")
            let done = try await lab.ourWrites().filter { !$0.hasPrefix("Lease ") }
            #expect(done == planned)

            // Now it stands on what is no longer there.
            let again = try await lab.run("deploy", "--plan", file, "--run-id", "r2")
            #expect(again.code == 3, "\(again)")
            #expect(again.complaint.hasPrefix("plan: what it stands on has changed: "), "\(again)")
            #expect(again.complaint.contains("deployments demo/demo-app-v1 (gone)"), "\(again)")
            // The same run id is that run, which is over.
            let same = try await lab.run("deploy", "--plan", file, "--run-id", "r1")
            #expect(same.code == 0, "\(same)")
        }
    }

    @Test func aPlanIsRefusedWhereTheWorldOrTheFlowIsAnother() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            let file = lab.folder.file("plan.json")
            #expect(try await lab.run("plan", flow, "--out", file).code == 0)
            try await lab.edit(ServedLab.virtualService) {
                $0.set("mia", at: "metadata", "labels", "edited-by")
            }
            try lab.folder.append("# seen\n", to: "demo-app-v2.yaml")
            let deploy = try await lab.run("deploy", "--plan", file)
            #expect(deploy.code == 3, "\(deploy)")
            #expect(
                deploy.complaint == """
                    plan: what it stands on has changed: file demo-app-v2.yaml, virtualservices \
                    demo/demo-app
                      where: \(file)
                      do:    look at what `theseus plan` says now, and keep it with --out

                    """)
            #expect(try await lab.ourWrites() == [])
        }
    }

    /// A test's program that is not there is no surprise of the third hour.
    @Test func whatTestsNeedIsLookedFor() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            let script = try lab.folder.write("exit 0\n", to: "smoke.sh")
            flow.tests =
                "    smoke: {command: [./smoke.sh]}\n    other: {command: [no-such-program]}\n"
            let path = try flow.write()
            let unfit = try await lab.run("plan", path)
            #expect(unfit.code == 3)
            #expect(
                unfit.complaint.hasPrefix("flow: this file may not be executed: ./smoke.sh\n"),
                "\(unfit)")
            try await Program.tool(["/bin/chmod", "+x", script])
            let plan = try await lab.run("plan", path)
            #expect(plan.code == 3, "\(plan)")
            #expect(plan.output.contains("test smoke: \(script) can be run\n"))
            #expect(plan.output.contains("test other: no-such-program is not in PATH\n"))
            #expect(plan.output.contains("gateway \(lab.gateway): answers (200)\n"), "\(plan)")
            #expect(
                plan.complaint.hasPrefix(
                    """
                    plan: a test could not be run now
                      where: test other
                      do:    no-such-program is not in PATH; mend that before you deploy

                    """), "\(plan)")
            try lab.folder.change("flow.yaml", [("no-such-program", "true")])
            #expect(try await lab.run("plan", path).code == 0)
        }
    }

    /// How long each gate needs, at the load that the mesh tells or somebody says.
    @Test func waitsOfGatesAreTold() async throws {
        try await ServedLab.serving { lab in
            var flow = ShortFlow(lab)
            flow.gates = "    errors: {errorRatio: {}, max: 0.02, minimumSamples: 900, every: 5s}\n"
            flow.steps[9] = "bake: {for: 20s, maxFor: 1m, gates: [errors]}"
            let path = try flow.write()
            let plan = try await lab.run("plan", path)
            #expect(plan.code == 0, "\(plan)")
            #expect(plan.output.contains(": Prometheus, of the last 10 minutes\n"), "\(plan)")
            #expect(plan.output.contains("gate errors: passes after about "), "\(plan)")

            let told = try await lab.run("plan", path, "--rps", "20", "--output", "json")
            let tree = try JSONReader.tree(of: Array(told.output.utf8))
            #expect(tree.at("load", "perSecond")?.decimal == 20)
            let gate = try #require(tree["gates"]?.items?.first)
            #expect(gate["step"]?.whole == 10 && gate["weight"]?.whole == 50)
            #expect(gate["seconds"]?.whole == 90 && gate["longest"]?.whole == 60)
            #expect(gate["isTooLong"] == true)
            let late = try await lab.run("plan", path, "--rps", "20")
            #expect(
                late.output.contains(
                    "   gate errors: cannot pass in time: it needs 1m 30s (900 requests at the"
                        + " candidate), and the step ends after 1m 0s\n"), "\(late)")
            #expect(try await lab.run("plan", path, "--rps", "many").code == 2)
        }
    }

    /// Refused as deploy refuses.
    @Test func refusesInDeploysWords() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            try lab.folder.change("demo-app-v2.yaml", [("name: demo-app-v2", "name: demo-app-v1")])
            let plan = try await lab.run("plan", flow)
            let deploy = try await lab.run("deploy", flow)
            #expect(plan.code == 3)
            #expect(plan.complaint == deploy.complaint)
            #expect(!plan.complaint.isEmpty)
        }
    }

    static let slips = [
        (
            ["flow.yaml"], "--plan cannot stand beside flow.yaml\n",
            "without a flow: the plan has its own"
        ),
        (
            ["--set", "a=b"], "--plan cannot stand beside --set\n",
            "alone: it is part of what was planned"
        ),
        (
            ["--image", "a=b"], "--plan cannot stand beside --image\n",
            "alone: it is part of what was planned"
        ),
    ]

    @Test(arguments: slips)
    func nothingStandsBesideAPlan(_ words: [String], _ given: String, _ wanted: String)
        async throws
    {
        let deploy = try await Program.run(["deploy", "--plan", "plan.json"] + words)
        #expect(deploy.code == 2, "\(deploy)")
        #expect(deploy.complaint.contains(given), "\(deploy)")
        #expect(deploy.complaint.contains(wanted), "\(deploy)")
    }

    @Test func noPlanIsNoPlan() async throws {
        let folder = try Folder()
        let flow = try folder.demo("good.yaml")
        let deploy = try await Program.run(
            ["deploy", "--plan", flow, "--cluster", "lab"], in: folder.path)
        #expect(deploy.code == 3)
        #expect(
            deploy.complaint == """
                plan: this is no plan: it is no JSON
                  where: \(flow)
                  do:    give the file that `theseus plan FLOW --out FILE` wrote

                """)
    }

    /// An API server that is away: said as deploy says it.
    @Test func aClusterThatIsAway() async throws {
        try await ServedLab.serving { lab in
            let flow = try ShortFlow(lab).write()
            try lab.turnKubeconfig(lab.api, "http://127.0.0.1:1")
            let plan = try await lab.run("plan", flow)
            #expect(plan.code == 3, "\(plan)")
            #expect(plan.complaint.contains("127.0.0.1:1"), "\(plan)")
        }
    }
}
