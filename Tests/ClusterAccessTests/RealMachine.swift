import ClusterAccess
import Foundation
import Processes
import Timekeeping

/// This machine, with variables of our own.
enum RealMachine {
    static let probe: String = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "guard-probe").path
    }()

    static func doors(_ variables: [String: String] = [:]) -> AccessDoors {
        AccessDoors(
            environment: variables.sorted { $0.key < $1.key }.map {
                ProcessJob.Variable(name: $0.key, value: $0.value)
            },
            workingDirectory: FileManager.default.currentDirectoryPath,
            read: { Array(try Data(contentsOf: URL(filePath: $0))) },
            exists: { FileManager.default.fileExists(atPath: $0) }, mode: { _ in 0o600 },
            isExecutable: { FileManager.default.isExecutableFile(atPath: $0) },
            spawner: GuardedSpawner(executable: probe), time: RealTime())
    }
}
