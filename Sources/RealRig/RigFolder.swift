internal import Glibc

/// The folder of one rig, and the few things that are done with files.
package struct RigFolder: Sendable {
    package let path: String

    /// Makes the folder, and those above it.
    package init(_ path: String) {
        self.path = path
        makeFolder()
    }

    package func file(_ name: String) -> String { "\(path)/\(name)" }

    package func folder(_ name: String) -> RigFolder { RigFolder(file(name)) }

    /// That it failed shows when something is written there.
    private func makeFolder() {
        var sofar = ""
        for part in path.split(separator: "/") {
            sofar += "/\(part)"
            _ = unsafe mkdir(sofar, 0o700)
        }
    }

    package static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

    /// Writes beside the place and moves it there: whoever reads sees the old or the new, whole.
    package func put(_ bytes: [UInt8], in name: String) throws(RigError) {
        let target = file(name)
        let draft = "\(target).new"
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.refusal(draft) }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.refusal(draft) }
            rest = rest.dropFirst(count)
        }
        guard unsafe rename(draft, target) == 0 else { throw Self.refusal(target) }
    }

    package func put(_ text: String, in name: String) throws(RigError) {
        try put(Array(text.utf8), in: name)
    }

    package func remove(_ name: String) { _ = unsafe unlink(file(name)) }

    /// What stands in a file from `offset` on; nothing where there is no file yet.
    package static func read(_ path: String, from offset: Int = 0) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        guard lseek(descriptor, offset, SEEK_SET) == offset else { return [] }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count < 64 << 20 {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }

    /// The names in the folder, sorted.
    package var names: [String] {
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func refusal(_ path: String) -> RigError {
        RigError(
            "a file cannot be written (\(unsafe String(cString: strerror(errno))))", place: path,
            remedy: "check that there is room, and that you may write there")
    }
}

/// This process and its like.
package enum RigMachine {
    package static var process: Int32 { getpid() }

    package static func isAlive(_ process: Int32) -> Bool { kill(process, 0) == 0 }

    package static func signal(_ process: Int32, _ number: Int32) { _ = kill(process, number) }

    package static func variable(_ name: String) -> String? {
        guard let text = unsafe getenv(name) else { return nil }
        let value = unsafe String(cString: text)
        return value.isEmpty ? nil : value
    }

    /// A path as it is seen from anywhere.
    package static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        var bytes = [CChar](repeating: 0, count: 4096)
        guard unsafe getcwd(&bytes, 4096) != nil else { return path }
        let here = String(
            decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return "\(here)/\(path)"
    }
}
