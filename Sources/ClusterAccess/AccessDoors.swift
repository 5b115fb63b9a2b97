package import Processes
package import Timekeeping

/// What we need of the machine.
package struct AccessDoors: Sendable {
    package var environment: [ProcessJob.Variable]
    package var workingDirectory: String
    /// Small files, whole.
    package var read: @Sendable (String) throws -> [UInt8]
    package var exists: @Sendable (String) -> Bool
    /// The permission bits; nil for what is not there.
    package var mode: @Sendable (String) -> Int?
    package var isExecutable: @Sendable (String) -> Bool
    package var spawner: any ProcessSpawner
    /// The machine's own clock, even where a served lab's runs faster.
    package var time: any Timekeeper
    /// Where a pod finds its account.
    package var account = "/var/run/secrets/kubernetes.io/serviceaccount"

    package init(
        environment: [ProcessJob.Variable], workingDirectory: String,
        read: @escaping @Sendable (String) throws -> [UInt8],
        exists: @escaping @Sendable (String) -> Bool, mode: @escaping @Sendable (String) -> Int?,
        isExecutable: @escaping @Sendable (String) -> Bool, spawner: any ProcessSpawner,
        time: any Timekeeper
    ) {
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.read = read
        self.exists = exists
        self.mode = mode
        self.isExecutable = isExecutable
        self.spawner = spawner
        self.time = time
    }

    /// An empty variable counts as none.
    func variable(_ name: String) -> String? {
        environment.first { $0.name == name && !$0.value.isEmpty }?.value
    }

    func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(workingDirectory)/\(path)"
    }

    /// The bytes of a file that the kubeconfig or a pod's account consists of.
    func material(_ path: String, _ what: String) throws(AccessError) -> [UInt8] {
        guard exists(path) else { throw AccessError(.file(what, "is not there"), place: path) }
        do { return try read(path) } catch {
            throw AccessError(.file(what, "cannot be read"), place: path)
        }
    }
}
