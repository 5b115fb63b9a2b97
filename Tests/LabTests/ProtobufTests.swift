import HTTPMessages
import JSONTree
import Manifests
import Testing

@testable import Lab

/// Objects as kubectl sends them when it makes them itself.
struct ProtobufTests {
    /// `kubectl create configmap m --from-literal a=b`, as it went over the wire.
    private static let map: [UInt8] =
        [0x6B, 0x38, 0x73, 0x00, 0x0A, 0x0F, 0x0A, 0x02, 0x76, 0x31, 0x12, 0x09]
        + Array("ConfigMap".utf8)
        + [0x12, 0x1B, 0x0A, 0x11, 0x0A, 0x01, 0x6D, 0x12, 0x00, 0x1A, 0x00]
        + [0x22, 0x00, 0x2A, 0x00, 0x32, 0x00, 0x38, 0x00, 0x42, 0x00, 0x12, 0x06, 0x0A, 0x01]
        + [0x61, 0x12, 0x01, 0x62, 0x1A, 0x00, 0x22, 0x00]

    private static func send(_ bytes: [UInt8]) throws -> (status: Int, tree: JSONTree) {
        try ClusterHand().run { hand in
            let request = HTTPRequest(
                "POST", LabWorld.server + ClusterHand.maps,
                headers: ["Content-Type": "application/vnd.kubernetes.protobuf"],
                body: .bytes(bytes))
            let response = try await hand.world.send(request)
            return (response.status, try response.body.tree() ?? .null)
        }
    }

    @Test func aMapIsRead() throws {
        let answer = try Self.send(Self.map)
        #expect(answer.status == 201)
        #expect(answer.tree["data"] == ["a": "b"])
        #expect(answer.tree.at("metadata", "name") == "m")
        #expect(answer.tree.at("metadata", "namespace") == "demo")
    }

    @Test(
        arguments: [
            ([], ""), ([0x00], "AA=="), ([0xFF, 0xEF], "/+8="), ([0x4D, 0x61, 0x6E], "TWFu"),
            ([0x4D, 0x61, 0x6E, 0x4D], "TWFuTQ=="),
        ] as [([UInt8], String)])
    func bytesAreCodedInBase64(_ content: [UInt8], _ text: String) throws {
        let entry = [0x0A, 0x01, 0x61, 0x12, UInt8(content.count)] + content
        let message = [0x0A, 0x03, 0x0A, 0x01, 0x6D, 0x1A, UInt8(entry.count)] + entry
        let bytes =
            Array(Self.map.prefix(21)) + [0x12, UInt8(message.count)] + message
        let tree = try LabProtobuf.tree(of: bytes)
        #expect(tree.at("binaryData", "a")?.text == text)
    }

    /// Field 9 of a ConfigMap is unknown: with content it is refused, empty it is as if not there.
    @Test(arguments: [([0x48, 0x00], 201), ([0x48, 0x01], 415), ([0x4A, 0x01, 0x41], 415)])
    func unknownFieldsAreNotDropped(_ field: [UInt8], _ status: Int) throws {
        var bytes = Self.map
        bytes.insert(contentsOf: field, at: bytes.count - 4)
        bytes[22] += UInt8(field.count)
        let answer = try Self.send(bytes)
        #expect(answer.status == status)
        if status == 415 {
            #expect(
                answer.tree["message"]?.text?.hasPrefix("the lab reads field 9 of a ConfigMap as")
                    == true)
        }
    }

    /// Whatever comes over the wire is read or refused.
    @Test(arguments: UInt64(0)..<200) func damagedBytesAreRefusedOrRead(seed: UInt64) {
        var dice = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            var bytes = Self.map
            for _ in 0...(dice.next() % 4) {
                let place = 4 + Int(dice.next() % UInt64(bytes.count - 4))
                bytes[place] = UInt8(truncatingIfNeeded: dice.next())
            }
            if dice.next() % 3 == 0 { bytes.removeLast(Int(dice.next() % 20)) }
            do throws(LabRefusal) {
                let tree = try LabProtobuf.tree(of: bytes)
                #expect(tree["kind"]?.text != nil)
            } catch {
                #expect([400, 415].contains(error.status))
            }
        }
    }
}
