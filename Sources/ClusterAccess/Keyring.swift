internal import Digests
internal import HTTPClient
internal import JSONTree
internal import KubernetesAPI
internal import Processes
internal import Secrets
internal import Synchronization
internal import Timekeeping

/// The credential of the moment: token files are read again, programs asked again, in time.
///
/// Many calls may want it at once; one of them renews it, and where the old one still counts, the
/// others go on with that.
final class Keyring: Sendable {
    /// What one request shows.
    struct Pass: Sendable {
        /// Tells one renewal from the other.
        let number: Int
        var authorization: Secret?
        /// The plan's, or the program's own.
        var identity: CurlIdentity?
        /// By the date; nil: until the server refuses it.
        var expires: Int?
        /// How long before that it is renewed.
        var lead = 0
        /// By the monotonic clock.
        let taken: Duration
    }

    private struct State {
        var held: Pass?
        var isRenewing = false
        /// Until then nobody tries again to renew what still counts.
        var rest = Duration.zero
        /// What has ever been shown, so that no message repeats it.
        var secrets: [Secret] = []
    }

    /// A file's token is read again after so long, as Kubernetes renews it.
    private static let fileAge = Duration.seconds(60)
    /// How long a program may take; its own network included.
    private static let programTime = Duration.seconds(60)
    /// The same where the old credential still counts: some call waits for it.
    private static let earlyTime = Duration.seconds(15)
    /// So seldom is such a renewal tried: a program that hangs shall not hold up every call.
    private static let earlyPause = Duration.seconds(10)
    /// A credential that was refused though it is as young as this is not asked for again.
    private static let youth = Duration.seconds(5)

    private let plan: AccessPlan
    private let doors: AccessDoors
    private let state = Mutex(State())
    private let turnstile = Turnstile()

    init(_ plan: AccessPlan, _ doors: AccessDoors) {
        self.plan = plan
        self.doors = doors
    }

    /// Takes every secret that was ever shown out of a message.
    func concealed(_ text: String) -> String {
        var text = text
        for secret in state.withLock({ $0.secrets }) {
            text.replace(secret.text, with: "…")
        }
        return text
    }

    /// What to show now; `refused` is what the server has just not taken.
    ///
    /// The same as `refused` where there is nothing newer to be had.
    func pass(insteadOf refused: Pass? = nil) async throws -> Pass {
        if let held = usable(refused) { return held }
        try await turnstile.enter()
        defer {
            state.withLock { $0.isRenewing = false }
            turnstile.leave()
        }
        if let held = usable(refused) { return held }
        let date = doors.time.date
        let before = state.withLock { state in
            state.isRenewing = true
            state.rest = doors.time.now + Self.earlyPause
            return state.held
        }
        let stillCounts = before.map { refused == nil && ($0.expires.map { date < $0 } ?? true) }
        do {
            let pass = try await renewed(
                (before?.number ?? 0) + 1, within: stillCounts == true ? Self.earlyTime : nil)
            keep(pass)
            return pass
        } catch let error as AccessError {
            // Ahead of its time: the old one still counts.
            if let before, stillCounts == true { return before }
            throw error
        }
    }

    private func keep(_ pass: Pass) {
        state.withLock { state in
            state.held = pass
            // A word of three letters would take half of every message with it.
            if let shown = pass.authorization, shown.text.utf8.count > 3 {
                let bare = shown.text.split(separator: " ").last.map { Secret(String($0)) }
                for secret in [bare, shown].compactMap({ $0 })
                where !state.secrets.contains(secret) {
                    state.secrets.insert(secret, at: 0)
                    if state.secrets.count > 64 { state.secrets.removeLast() }
                }
            }
        }
    }

    private func usable(_ refused: Pass?) -> Pass? {
        let now = doors.time.now
        let date = doors.time.date
        return state.withLock { state in
            guard let held = state.held else { return nil }
            if let refused, refused.number == held.number {
                // Nothing else is to be had, or it was got just now.
                return canRenew && now - held.taken >= Self.youth ? nil : held
            }
            switch plan.credential {
            case .none, .token, .password: return held
            case .tokenFile:
                return now - held.taken < Self.fileAge || state.isRenewing ? held : nil
            case .plugin:
                guard let expires = held.expires else { return held }
                if date < expires - held.lead { return held }
                return date < expires && (state.isRenewing || now < state.rest) ? held : nil
            }
        }
    }

    private var canRenew: Bool {
        switch plan.credential {
        case .none, .token, .password: false
        case .tokenFile, .plugin: true
        }
    }

    // MARK: Getting it

    /// `limit` bounds a program, if it is to be shorter than usual.
    private func renewed(_ number: Int, within limit: Duration?) async throws -> Pass {
        var pass = Pass(number: number, identity: plan.identity, taken: doors.time.now)
        switch plan.credential {
        case .none: break
        case .token(let token): pass.authorization = Secret("Bearer \(token.text)")
        case .password(let user, let password):
            let pair = Base64.text(of: Array("\(user):\(password.text)".utf8))
            pass.authorization = Secret("Basic \(pair)")
        case .tokenFile(let path, let besides):
            let token = try fileToken(path, besides)
            pass.authorization = Secret("Bearer \(token.text)")
        case .plugin(let plugin, let note):
            let answer = try await answer(of: plugin, note, within: limit ?? Self.programTime)
            pass.authorization = answer.token.map { Secret("Bearer \($0.text)") }
            if let identity = answer.identity { pass.identity = identity }
            if let expires = answer.expires {
                pass.expires = expires
                pass.lead = min(60_000, max(0, expires - doors.time.date) / 5)
            }
        }
        return pass
    }

    private func fileToken(_ path: String, _ besides: Secret?) throws(AccessError) -> Secret {
        do throws(AccessError) {
            let bytes = try doors.material(path, "token file")
            let token = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw AccessError(.file("token file", "holds no token"), place: path)
            }
            return Secret(token)
        } catch {
            if let besides { return besides }
            throw error
        }
    }

    private func answer(
        of plugin: ExecPlugin, _ note: ExecClusterNote, within limit: Duration
    ) async throws -> ExecAnswer {
        let name = plugin.command
        let place = "exec of the kubeconfig's user, for \(plan.server)"
        guard
            let program = plugin.program(
                searchPath: doors.variable("PATH") ?? "", isExecutable: doors.isExecutable)
        else { throw AccessError(.pluginMissing(name, hint: plugin.hint), place: place) }
        let own = plugin.environment.map {
            ProcessJob.Variable(name: $0.name, value: $0.value.text)
        }
        let question = JSONWriter.text(of: plugin.question(cluster: note))
        let told = own + [ProcessJob.Variable(name: "KUBERNETES_EXEC_INFO", value: question)]
        let inherited = doors.environment.filter { old in
            !told.contains { $0.name == old.name }
        }
        var job = ProcessJob(
            arguments: [program] + plugin.arguments, environment: inherited + told,
            timeLimit: limit, outputCap: 1 << 20, grace: .seconds(1))
        job.errorsAreShown = true
        let end: ProcessEnd
        do {
            end = try await doors.spawner.run(job)
        } catch {
            if error.code == .cancelled { throw CancellationError() }
            let detail = error.detail.isEmpty ? "" : " (\(error.detail))"
            throw AccessError(.pluginFailed(name, why: error.meaning + detail), place: place)
        }
        let why: String
        switch end.exit {
        case .code(0):
            do throws(ExecAnswerFlaw) {
                return try ExecAnswer.read(end.output, version: plugin.version)
            } catch {
                why = error.reason
            }
        case .code(let code): why = "exit code \(code)"
        case .signal(let signal): why = "ended by signal \(signal)"
        case .timeLimit: why = "nothing within \(limit.components.seconds) s"
        case .memoryLimit, .processorLimit: why = "it used more than it may"
        }
        throw AccessError(.pluginFailed(name, why: why), place: place)
    }
}
