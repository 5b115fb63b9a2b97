internal import FlowFiles
internal import Glibc
internal import Processes

/// This process's environment variables.
enum Environment {
    static func value(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// All of them, in the order in which they stand.
    static var all: [ProcessJob.Variable] {
        var variables: [ProcessJob.Variable] = []
        var next = unsafe environ
        while let entry = unsafe next.pointee {
            let parts = unsafe String(cString: entry).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 {
                variables.append(
                    ProcessJob.Variable(name: String(parts[0]), value: String(parts[1])))
            }
            unsafe next += 1
        }
        return variables
    }

    /// Who asks: `mia@build-7`.
    static var person: String {
        let user = value("THESEUS_ACTOR") ?? value("USER") ?? value("LOGNAME") ?? "somebody"
        return "\(user)@\(host)"
    }

    static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, 255) == 0 else { return "localhost" }
        return String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static var process: Int { Int(getpid()) }
}

/// What this process is called where it holds a run: no two are called alike, not even two of one
/// number on two machines of one name, as containers often are.
enum Holder {
    static let name: String = {
        var dice = SystemRandomNumberGenerator()
        let letters = String(UInt32.random(in: .min ... .max, using: &dice), radix: 36)
        return "\(Environment.host)/\(Environment.process)-\(letters)"
    }()
}

/// The file that we were started from.
enum OwnBinary {
    static var path: String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &bytes, 4095)
        guard count > 0 else { return CommandLine.arguments.first ?? "theseus" }
        return String(
            decoding: bytes.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Small files, read whole.
enum Files {
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        let why: String

        var description: String {
            "file: \(why)\n  where: \(path)\n  do:    check the path, and that you may read it"
        }
    }

    struct Unwritable: Error, CustomStringConvertible {
        let path: String
        let why: String
        /// There is no folder of this name to write it to.
        var missing: String?

        var description: String {
            let what =
                missing.map { "there is no folder \($0) to write to" } ?? "\(why), when writing"
            let remedy = missing.map { "mkdir -p \($0), or give another path" }
            return """
                file: \(what)
                  where: \(path)
                  do:    \(remedy ?? "check the path, and that you may write there")
                """
        }
    }

    static func read(_ path: String) throws(Unreadable) -> [UInt8] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw Unreadable(path: path, why: reason()) }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(file, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Unreadable(path: path, why: reason()) }
            if count == 0 { return bytes }
            bytes += chunk.prefix(count)
            guard bytes.count <= 16 * 1024 * 1024 else {
                throw Unreadable(path: path, why: "it is larger than 16 MiB")
            }
        }
    }

    /// Writes a file whole, or leaves what was there.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600) throws(Unwritable) {
        var state = stat()
        // A terminal or a pipe is not to be put aside.
        if unsafe stat(path, &state) == 0, state.st_mode & S_IFMT != S_IFREG {
            return try pour(text, into: path)
        }
        let draft = "\(path).\(Environment.process).part"
        do {
            try pour(text, into: draft)
        } catch {
            unsafe unlink(draft)
            throw Unwritable(path: path, why: error.why, missing: error.missing)
        }
        unsafe chmod(draft, mode)
        guard unsafe rename(draft, path) == 0 else {
            let why = reason()
            unsafe unlink(draft)
            throw Unwritable(path: path, why: why)
        }
    }

    private static func pour(_ text: String, into path: String) throws(Unwritable) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unwritable(path) }
        defer { close(file) }
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(file, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Unwritable(path: path, why: reason()) }
            bytes = bytes.dropFirst(count)
        }
    }

    private static func unwritable(_ path: String) -> Unwritable {
        var error = Unwritable(path: path, why: reason())
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        if !folder.isEmpty, !exists(folder) { error.missing = folder }
        return error
    }

    /// Refuses a path at which no file could be put, as far as that shows beforehand.
    static func expectRoom(for path: String) throws(Unwritable) {
        var state = stat()
        if unsafe stat(path, &state) == 0, state.st_mode & S_IFMT != S_IFREG {
            throw Unwritable(path: path, why: "something is there that is no file")
        }
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        guard unsafe access(folder, W_OK | X_OK) == 0 else { throw unwritable(path) }
    }

    /// Writes a file that others may read, and the folders that lead to it.
    static func keep(_ text: String, at path: String) throws(Unwritable) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/" + part
            guard unsafe mkdir(folder, 0o755) == 0 || errno == EEXIST else {
                throw Unwritable(path: folder, why: reason())
            }
        }
        try write(text, to: path, mode: 0o644)
    }

    static var workingDirectory: String {
        var bytes = [CChar](repeating: 0, count: 4096)
        guard unsafe getcwd(&bytes, 4096) != nil else { return "/" }
        return String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// A file that we may execute.
    static func isExecutable(_ path: String) -> Bool {
        var state = stat()
        guard unsafe stat(path, &state) == 0, state.st_mode & S_IFMT == S_IFREG else {
            return false
        }
        return unsafe access(path, X_OK) == 0
    }

    static func program(_ path: String) -> ProgramFile {
        guard exists(path) else { return .missing }
        return isExecutable(path) ? .runs : .mayNotRun
    }

    /// The permission bits; nil for what is not there.
    static func mode(_ path: String) -> Int? {
        var state = stat()
        return unsafe stat(path, &state) == 0 ? Int(state.st_mode & 0o7777) : nil
    }

    /// Makes a folder and those above it; that it failed shows when something is written there.
    static func makeFolders(_ path: String) {
        var sofar = ""
        for part in path.split(separator: "/") {
            sofar += "/\(part)"
            _ = unsafe mkdir(sofar, 0o700)
        }
    }

    private static func reason() -> String { unsafe String(cString: strerror(errno)) }
}
