import Chronicle
import Foundation
import JSONTree
import Journal
import Lab

/// What journals hold: a whole file, a record, a fact, a state.
enum FuzzJournal {
    /// A record's bytes, as they stand in the cluster.
    static func readRecord(_ bytes: [UInt8]) -> String? {
        guard let record = JournalRecord(bytes: bytes) else { return nil }
        if record.isIntact, record.bytes != bytes { return "an intact record has other bytes" }
        do throws(ChronicleError) {
            _ = try RunLog.read(record)
            return nil
        } catch {
            return FuzzTarget.threeLines(error.description)
        }
    }

    /// A fact as the golden page has it: its number, and its payload.
    static func readFact(_ bytes: [UInt8]) -> String? {
        let parts = bytes.split(separator: UInt8(ascii: " "), maxSplits: 1)
        guard parts.count == 2, let kind = Int(String(decoding: parts[0], as: UTF8.self)),
            let payload = try? JSONReader.tree(of: Array(parts[1])),
            let fact = FactCodec.decode(kind: kind, payload)
        else { return nil }
        let (again, written) = FactCodec.encode(fact)
        return FactCodec.decode(kind: again, written) == fact ? nil : "another fact comes back"
    }

    static func readState(_ bytes: [UInt8]) -> String? {
        guard let tree = try? JSONReader.tree(of: bytes) else { return nil }
        do throws(ChronicleError) {
            let state = try StateCodec.decode(tree, place: "here")
            let again = try StateCodec.decode(StateCodec.encode(state), place: "here")
            return again == state ? nil : "another state comes back"
        } catch {
            return FuzzTarget.threeLines(error.description)
        }
    }

    /// A journal's file; it is written anew for every look.
    static func readFile(_ bytes: [UInt8]) -> String? {
        let path = NSTemporaryDirectory() + "theseus-fuzz-\(getpid()).sqlite"
        defer {
            for end in ["", "-wal", "-shm", "-journal"] { _ = unsafe unlink(path + end) }
        }
        guard (try? Data(bytes).write(to: URL(filePath: path))) != nil else { return nil }
        do {
            return try TurnableWorld().run { await look(at: path) }
        } catch {
            return "stuck: \(error)"
        }
    }

    private static func look(at path: String) async -> String? {
        do throws(JournalError) {
            let store = try SQLiteJournal(path: path, mode: .readOnly)
            for card in try await store.runs().prefix(20) {
                _ = try await store.records(of: card.run, from: 1)
                _ = try await store.wishes(of: card.run, after: 0)
            }
            return nil
        } catch {
            return FuzzTarget.threeLines(error.description)
        }
    }
}
