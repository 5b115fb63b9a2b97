package import Processes
internal import Synchronization
package import Timekeeping

/// Fetches secrets from where they are kept, and knows all that it ever fetched.
package final class SecretKeeper: Sendable {
    private struct State {
        var known: [String] = []
        var kept: [SecretOrigin: Kept] = [:]
    }

    private struct Kept {
        let secret: Secret
        let since: Duration
    }

    /// So long what a command gave is used again; tokens of clouds live for an hour.
    private static let keeps = Duration.seconds(240)
    private static let commandLimit = Duration.seconds(30)
    private static let largest = 64 << 10

    private let environment: [ProcessJob.Variable]
    private let read: @Sendable (String) throws -> [UInt8]
    private let spawner: any ProcessSpawner
    private let time: any Timekeeper
    private let state = Mutex(State())

    /// - Parameters:
    ///   - environment: ours; a command gets all of it, since it signs in as the person would.
    ///   - read: reads a small file, whole.
    package init(
        environment: [ProcessJob.Variable], spawner: any ProcessSpawner, time: any Timekeeper,
        read: @escaping @Sendable (String) throws -> [UInt8]
    ) {
        self.environment = environment
        self.read = read
        self.spawner = spawner
        self.time = time
    }

    /// The secret as it is now: one line.
    package func secret(_ origin: SecretOrigin) async throws(SecretError) -> Secret {
        let text = String(decoding: try await bytes(origin), as: UTF8.self)
        var line = text[...]
        while let last = line.last, last.isNewline { line = line.dropLast() }
        guard !line.isEmpty else { throw SecretError(.empty, origin) }
        guard line.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 }) else {
            throw SecretError(.unfit, origin)
        }
        return keep(String(line), origin)
    }

    /// As `secret`, of several lines: a key or certificate.
    package func document(_ origin: SecretOrigin) async throws(SecretError) -> Secret {
        let text = String(decoding: try await bytes(origin), as: UTF8.self)
        guard !text.allSatisfy(\.isWhitespace) else { throw SecretError(.empty, origin) }
        return keep(text, origin)
    }

    /// A file that may be shown, as a certificate may.
    package func certificate(_ origin: SecretOrigin) async throws(SecretError) -> String {
        String(decoding: try await bytes(origin), as: UTF8.self)
    }

    /// Something made of a secret that must stay unsaid, too.
    package func note(_ secret: Secret) {
        state.withLock { if !$0.known.contains(secret.text) { $0.known.append(secret.text) } }
    }

    /// The far side did not take it: the next use fetches it anew.
    package func forget(_ origin: SecretOrigin) {
        state.withLock { $0.kept[origin] = nil }
    }

    /// Takes everything that was ever fetched out of others' words.
    package var redaction: Redaction { Redaction(known: [], given: known) }

    /// All that it ever fetched, for a redaction that knows of more.
    package var known: [Redaction.Variable] {
        state.withLock { $0.known }.map { .init(name: "secret", value: $0) }
    }

    private func keep(_ text: String, _ origin: SecretOrigin) -> Secret {
        let secret = Secret(text)
        let now = time.now
        state.withLock { state in
            if !state.known.contains(text) { state.known.append(text) }
            if case .command = origin, state.kept[origin] == nil {
                state.kept[origin] = Kept(secret: secret, since: now)
            }
        }
        return secret
    }

    private func bytes(_ origin: SecretOrigin) async throws(SecretError) -> [UInt8] {
        switch origin {
        case .file(let path):
            do { return try read(path) } catch { throw SecretError(.missing, origin) }
        case .environment(let name):
            guard let variable = environment.first(where: { $0.name == name }) else {
                throw SecretError(.missing, origin)
            }
            return Array(variable.value.utf8)
        case .command(let arguments):
            let now = time.now
            let kept = state.withLock { state -> Secret? in
                guard let kept = state.kept[origin] else { return nil }
                if now - kept.since < Self.keeps { return kept.secret }
                state.kept[origin] = nil
                return nil
            }
            if let kept { return Array(kept.text.utf8) }
            return try await output(of: arguments, origin)
        }
    }

    /// Its error output goes nowhere: there, too, a program may say what it knows.
    private func output(of arguments: [String], _ origin: SecretOrigin)
        async throws(SecretError) -> [UInt8]
    {
        guard !arguments.isEmpty else { throw SecretError(.missing, origin) }
        let job = ProcessJob(
            arguments: ["/bin/sh", "-c", "exec \"$@\" 2>/dev/null", "sh"] + arguments,
            environment: environment, timeLimit: Self.commandLimit, outputCap: Self.largest)
        let end: ProcessEnd
        do {
            end = try await spawner.run(job)
        } catch {
            throw SecretError(.command(error.meaning), origin)
        }
        guard end.dropped == 0 else { throw SecretError(.unfit, origin) }
        switch end.exit {
        case .code(0): return end.output
        case .code(126), .code(127): throw SecretError(.command("it cannot be started"), origin)
        case .code(let code): throw SecretError(.command("exit \(code)"), origin)
        case .signal(let signal):
            throw SecretError(.command("killed by signal \(signal)"), origin)
        case .timeLimit:
            throw SecretError(.command("no end within 30 s"), origin)
        case .memoryLimit, .processorLimit:
            throw SecretError(.command("it used more than it may"), origin)
        }
    }
}
