internal import CProcess

/// What a guard is told first: the whole job but its input, as bytes.
struct GuardMessage: Sendable {
    let bytes: [UInt8]

    /// Nil for what cannot be given to any command.
    init?(_ job: ProcessJob) {
        let texts =
            [job.folder ?? ""] + job.arguments
            + job.environment.map { "\($0.name)=\($0.value)" }
        let isFit =
            job.arguments.first?.isEmpty == false
            && !texts.contains { $0.utf8.contains(0) }
            && !job.environment.contains { $0.name.isEmpty || $0.name.utf8.contains(61) }
        guard isFit else { return nil }
        var body: [UInt8] = []
        for text in texts {
            body += text.utf8
            body.append(0)
        }
        guard body.count <= 1 << 22 else { return nil }
        let head = theseus_guard_job(
            bytes: UInt32(body.count), arguments: UInt32(job.arguments.count),
            variables: UInt32(job.environment.count), padding: 0,
            time_limit: Self.milliseconds(job.timeLimit), grace: Self.milliseconds(job.grace),
            memory: Int64(job.limits.memory ?? 0),
            processor_time: job.limits.processorTime.map(Self.milliseconds) ?? 0)
        bytes = unsafe withUnsafeBytes(of: head) { unsafe Array($0) } + body
    }

    private static func milliseconds(_ duration: Duration) -> Int64 {
        let (seconds, fraction) = duration.components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? 0 : .max }
        let (sum, overflow2) = product.addingReportingOverflow(fraction / 1_000_000_000_000_000)
        return overflow2 ? .max : max(0, sum)
    }
}

/// What a guard says of its command.
struct GuardReport {
    enum Kind {
        case started
        case noFolder
        case noCommand
        case noProcess
        case exited
        case signalled
    }

    /// What the command was ended by.
    enum Limit {
        case time
        case memory
        case processor
    }

    static let byteCount = MemoryLayout<theseus_guard_report>.size

    let kind: Kind
    let value: Int
    let limit: Limit?
    /// How many processes would not die.
    let left: Int

    /// Nil for what is no report.
    init?(_ bytes: ArraySlice<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        let report = unsafe bytes.withUnsafeBytes {
            unsafe $0.loadUnaligned(as: theseus_guard_report.self)
        }
        switch Int(report.kind) {
        case THESEUS_GUARD_STARTED: kind = .started
        case THESEUS_GUARD_NO_FOLDER: kind = .noFolder
        case THESEUS_GUARD_NO_COMMAND: kind = .noCommand
        case THESEUS_GUARD_NO_PROCESS: kind = .noProcess
        case THESEUS_GUARD_EXITED: kind = .exited
        case THESEUS_GUARD_SIGNALLED: kind = .signalled
        default: return nil
        }
        value = Int(report.value)
        switch Int(report.limit) {
        case THESEUS_LIMIT_TIME: limit = .time
        case THESEUS_LIMIT_MEMORY: limit = .memory
        case THESEUS_LIMIT_PROCESSOR: limit = .processor
        default: limit = nil
        }
        left = Int(report.left)
    }
}
