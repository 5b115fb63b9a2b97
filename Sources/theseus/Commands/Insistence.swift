internal import HTTPMessages
internal import Journal
internal import KubernetesAPI
internal import Timekeeping

/// An abort that nobody answers is asked again, as whoever drives a run would: given up, it leaves no trace,
/// and the run goes on to its end.
struct Insistence: Sendable {
    private let request: CommandRequest
    private let time = RealTime()

    /// As long as whoever drives a run keeps asking.
    private static let patience = Duration.seconds(120)
    /// So often somebody who waits is told.
    private static let word = Duration.seconds(10)

    init(_ request: CommandRequest) { self.request = request }

    /// `attempt` can be made again: what it did it does not do twice; it hears whether it is.
    func carryOut(_ attempt: (_ isAgain: Bool) async throws -> ExitCode) async throws -> ExitCode {
        let begin = time.now
        var told = begin
        while true {
            do {
                return try await attempt(told != begin)
            } catch  where Self.isSilence(error) {
                let spent = time.now - begin
                if spent >= Self.patience { return unheard(error) }
                if time.now - told >= Self.word || told == begin {
                    told = time.now
                    let what = Wording.text(of: error).split(separator: "\n").first ?? ""
                    Terminal.complain(
                        "abort: \(what); asking on for \(PlanLines.text(Self.patience - spent))")
                }
                try await time.sleep(for: .seconds(1))
            }
        }
    }

    private func unheard(_ error: any Error) -> ExitCode {
        Terminal.complain(Wording.text(of: error))
        let name = request.operand ?? ""
        Terminal.complain(
            """
            run: nobody heard the abort: whoever drives the run goes on with it
              where: \(name)
              do:    `theseus abort \(name)` again, until it is answered
            """)
        EndLine(
            run: nil, "interrupted", reason: "nobody heard the abort", .interrupted,
            next: "theseus abort \(name)"
        ).say(to: request)
        return .interrupted
    }

    /// Whether a later answer may be another one.
    private static func isSilence(_ error: any Error) -> Bool {
        switch error {
        case let error as KubernetesError: error.isPassing
        case let error as JournalError: error.code == .unreachable
        case let error as HTTPFailure: [.refused, .timedOut, .reset].contains(error.reason)
        default: false
        }
    }
}
