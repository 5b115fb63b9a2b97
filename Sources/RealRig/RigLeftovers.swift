package import Processes

/// Takes folders away: our own, and those of rigs that were killed.
package struct RigLeftovers: Sendable {
    private let spawner: any ProcessSpawner

    package init(spawner: any ProcessSpawner) { self.spawner = spawner }

    package func remove(_ path: String) async {
        _ = try? await spawner.run(
            ProcessJob(arguments: ["/bin/rm", "-rf", path], timeLimit: .seconds(60)))
    }

    /// Removes what rigs left behind that were killed with -9.
    package func sweep() async {
        for name in RigFolder("/tmp").names {
            let parts = name.split(separator: ".")
            guard parts.count == 2, parts[0] == "theseus-rig", let process = Int32(parts[1]),
                !RigMachine.isAlive(process)
            else { continue }
            await remove("/tmp/\(name)")
        }
    }
}
