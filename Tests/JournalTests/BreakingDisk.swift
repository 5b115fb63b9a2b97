import CSQLiteFaults
import Testing

/// A disk under SQLite that breaks at a chosen call, and can lose its power.
struct BreakingDisk: Sendable {
    private let number: CInt

    /// SQLite's name for it.
    var vfs: String { "theseus-faults-\(number)" }

    struct Calls: OptionSet, Sendable {
        let rawValue: CInt
        static let open = Calls(THESEUS_FAULTS_OPEN)
        static let read = Calls(THESEUS_FAULTS_READ)
        static let write = Calls(THESEUS_FAULTS_WRITE)
        static let sync = Calls(THESEUS_FAULTS_SYNC)
        static let truncate = Calls(THESEUS_FAULTS_TRUNCATE)
        static let delete = Calls(THESEUS_FAULTS_DELETE)
        static let index = Calls(THESEUS_FAULTS_INDEX)
        static let changes: Calls = [.open, .write, .sync, .truncate, .delete, .index]

        init(rawValue: CInt) { self.rawValue = rawValue }
        private init(_ call: theseus_faults_call) { rawValue = CInt(call.rawValue) }
    }

    enum Manner: CaseIterable, Sendable {
        case error
        case full
        case torn
        case dead

        fileprivate var code: CInt {
            switch self {
            case .error: CInt(THESEUS_FAULTS_ERROR.rawValue)
            case .full: CInt(THESEUS_FAULTS_FULL.rawValue)
            case .torn: CInt(THESEUS_FAULTS_TORN.rawValue)
            case .dead: CInt(THESEUS_FAULTS_DEAD.rawValue)
            }
        }
    }

    static func with(_ body: (BreakingDisk) async throws -> Void) async throws {
        let disk = BreakingDisk(number: theseus_faults_begin())
        try #require(disk.number >= 0)
        do {
            try await body(disk)
        } catch {
            await disk.isClosed()
            theseus_faults_end(disk.number)
            throw error
        }
        await disk.isClosed()
        theseus_faults_end(disk.number)
    }

    /// From now on the `nth` of these calls goes wrong; if it `lasts`, so do all later ones.
    func breaks(at nth: Int, of calls: Calls, _ manner: Manner, lasts: Bool = false) {
        theseus_faults_arm(number, calls.rawValue, CInt(clamping: nth), manner.code, lasts ? 1 : 0)
    }

    /// Nothing goes wrong any more.
    func isSound() { theseus_faults_mend(number) }

    /// The kind of call that went wrong; nil while none has.
    var struck: Calls? {
        let calls = Calls(rawValue: theseus_faults_struck(number))
        return calls.isEmpty ? nil : calls
    }

    /// How many of the calls that `breaks` names there have been since.
    var count: Int { Int(theseus_faults_count(number)) }

    /// How long SQLite has waited for others, in its own mind: this disk does not let it sleep.
    var waited: Duration { .milliseconds(theseus_faults_waited(number)) }

    /// Returns once the last file is closed: an actor may outlive its last use by a moment.
    func isClosed() async {
        while theseus_faults_open_files(number) > 0 { await Task.yield() }
    }

    /// Loses a part of what was not synced: all for 0, nothing for 1, some for other seeds.
    func losesPower(seed: Int) async {
        await isClosed()
        theseus_faults_cut_power(number, CUnsignedInt(seed))
    }
}
