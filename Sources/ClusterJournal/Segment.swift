internal import JSONTree
internal import Journal
internal import Manifests

/// Some records of a run, in one ConfigMap.
///
/// It grows by one record at a time under its resourceVersion. A full one is closed in the very
/// write that fills it, and only then may the next one be made: so a writer with an old look at the
/// run can neither append here nor there.
struct Segment: Sendable {
    /// No segment of more than one record grows beyond this.
    static let most = 16_384
    /// From here on a segment is full: what comes next would hardly fit.
    static let enough = 14_336

    let number: Int
    private(set) var object: KubernetesObject
    private(set) var records: [JournalRecord]
    private(set) var size: Int

    var isClosed: Bool { object.isClosed }

    /// The segment with its first record, to be made.
    init(_ number: Int, _ record: JournalRecord, key: String, namespace: String) {
        self.number = number
        object = JournalNames.object(
            JournalNames.segment(key, number), in: namespace, .segment, key: key)
        records = []
        size = 0
        add(record)
    }

    /// Reads a segment whose first record must follow `head`.
    init(_ object: KubernetesObject, number: Int, run: String, after head: JournalHead)
        throws(Damage)
    {
        self.number = number
        self.object = object
        records = []
        size = 0
        let keys = object.tree["binaryData"]?.members?.keys ?? []
        var head = head
        for _ in keys {
            let key = JournalNames.padded(head.sequence + 1)
            guard let bytes = object.bytes(key) else {
                throw Damage("record \(head.sequence + 1) is missing or not what was written")
            }
            guard let record = JournalRecord(bytes: bytes), record.run.utf8.elementsEqual(run.utf8)
            else { throw Damage("record \(head.sequence + 1) is not what was written") }
            if let objection = record.objection(after: head) { throw Damage(objection) }
            records.append(record)
            size += bytes.count
            head = record.head
        }
        guard !records.isEmpty else { throw Damage("segment \(number) holds no record") }
    }

    func fits(_ record: JournalRecord) -> Bool { size + record.bytes.count <= Self.most }

    /// The segment with one more record; closed, if it is full now.
    func adding(_ record: JournalRecord) -> Segment {
        var segment = self
        segment.add(record)
        return segment
    }

    func closed() -> Segment {
        var segment = self
        segment.object.close()
        return segment
    }

    /// The same segment, as the API server has stored it.
    func stored(as object: KubernetesObject) -> Segment {
        var segment = self
        segment.object = object
        return segment
    }

    private mutating func add(_ record: JournalRecord) {
        let bytes = record.bytes
        object.setBytes(JournalNames.padded(record.sequence), bytes)
        records.append(record)
        size += bytes.count
        if size >= Self.enough { object.close() }
    }
}
