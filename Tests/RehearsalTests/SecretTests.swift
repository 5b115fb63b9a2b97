import CanaryEngine
import Chronicle
import Digests
import JSONTree
import Lab
import Manifests
import Rehearsal
import Testing

/// `fingerprintSecrets` in whole runs, whose journal stands in the cluster.
@Suite struct SecretTests {
    /// The two values, plain and as the API tells them.
    private static let planted = [
        "planted-token", "cGxhbnRlZC10b2tlbg", "turned-token", "dHVybmVkLXRva2Vu",
    ]

    private static func bill(_ name: String) throws -> Playbill {
        let scenario = try #require(Repertoire.scenario(name))
        let bill = try Stage(scenario).play()
        #expect(bill.complaints(scenario) == [])
        return bill
    }

    /// What the run remembers of the Secret: keyed, so that nobody can try guesses on it.
    @Test(arguments: ["secret-kept", "secret-turned"])
    func keepsAKeyedFingerprint(_ name: String) throws {
        let prints = try Self.bill(name).facts.compactMap { logged -> [String]? in
            guard case .recognised(_, let likeness, _) = logged.fact else { return nil }
            return likeness.parts.first { $0.name == "Secret demo-secret" }?.prints
        }
        #expect(!prints.isEmpty)
        let said: JSONTree = ["data": ["token": "cGxhbnRlZC10b2tlbg=="], "binaryData": .null]
        let bare = SHA256.hex(of: JSONWriter.canonicalBytes(of: said))
        for print in prints {
            #expect(print.count == 1)
            #expect(print.first?.utf8.count == 64)
            #expect(print.first != bare)
        }
    }

    /// In no fact, in no object but the Secret itself, not in the journal's bytes, in no file.
    @Test(arguments: ["secret-kept", "secret-turned"])
    func tellsTheValueNowhere(_ name: String) throws {
        let bill = try Self.bill(name)
        var texts = bill.telling + bill.facts.map { "\($0)" } + Array(bill.files.values)
        var remembered = 0
        for stored in bill.history where stored.reference.kind.kind != "Secret" {
            guard let object = stored.object else { continue }
            texts.append(JSONWriter.text(of: object.tree))
            for member in object.tree["binaryData"]?.members ?? [:] {
                let bytes = try #require(member.value.text.flatMap(Base64.bytes))
                texts.append(String(decoding: bytes, as: UTF8.self))
                remembered += 1
            }
        }
        #expect(remembered > 20)
        // What is looked through holds what it must: the Secret's name.
        #expect(texts.contains { $0.contains("demo-secret") })
        for planted in Self.planted {
            #expect(!texts.contains { $0.contains(planted) })
        }
    }
}
