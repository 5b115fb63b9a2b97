import Digests
import Testing

/// Known answers: FIPS 180-4 examples and NIST's CAVP byte vectors for SHA-256; RFC 4231 for HMAC.
@Suite struct DigestsTests {
    struct Answer: Sendable, CustomTestStringConvertible {
        let name: String
        let message: [UInt8]
        let hex: String

        init(_ name: String, _ message: [UInt8], _ hex: String) {
            self.name = name
            self.message = message
            self.hex = hex
        }

        var testDescription: String { name }
    }

    @Test(arguments: [
        Answer(
            "nothing", [], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Answer(
            "abc", Array("abc".utf8),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Answer(
            "two blocks", Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Answer(
            "112 bytes",
            Array(
                "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn".utf8
            ) + Array("hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu".utf8),
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"),
        Answer(
            "a million times a", Array(repeating: 0x61, count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        Answer(
            "one byte (CAVP)", [0xD3],
            "28969cdfa74a12c82f3bad960b0b000aca2ac329deea5c2328ebc6f2ba9802c1"),
        Answer(
            "two bytes (CAVP)", [0x11, 0xAF],
            "5ca7133fa735326081558ac312c620eeca9970d1e70a4b95533d956f072d1f98"),
    ])
    func digests(_ answer: Answer) {
        #expect(SHA256.hex(of: answer.message) == answer.hex)
        #expect(SHA256.bytes(of: answer.message).count == 32)
    }

    @Test func digestsTextAsUTF8() {
        #expect(SHA256.hex(of: "é") == SHA256.hex(of: [0xC3, 0xA9]))
        #expect(SHA256.hex(of: "é") != SHA256.hex(of: "e"))
    }

    struct Signature: Sendable, CustomTestStringConvertible {
        let name: String
        let key: [UInt8]
        let message: [UInt8]
        let hex: String

        init(_ name: String, key: [UInt8], _ message: [UInt8], _ hex: String) {
            self.name = name
            self.key = key
            self.message = message
            self.hex = hex
        }

        var testDescription: String { name }
    }

    @Test(arguments: [
        Signature(
            "RFC 4231, 1", key: Array(repeating: 0x0B, count: 20), Array("Hi There".utf8),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Signature(
            "RFC 4231, 2", key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Signature(
            "RFC 4231, 3", key: Array(repeating: 0xAA, count: 20),
            Array(repeating: 0xDD, count: 50),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Signature(
            "RFC 4231, 4", key: Array(1...25), Array(repeating: 0xCD, count: 50),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Signature(
            "RFC 4231, 6: a key longer than a block", key: Array(repeating: 0xAA, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Signature(
            "RFC 4231, 7: both long", key: Array(repeating: 0xAA, count: 131),
            Array(
                "This is a test using a larger than block-size key and a larger t".utf8
            )
                + Array("han block-size data. The key needs to be hashed before being use".utf8)
                + Array("d by the HMAC algorithm.".utf8),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
        Signature(
            "no key, no message", key: [], [],
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
    ])
    func signs(_ signature: Signature) {
        #expect(
            HMACSHA256.hex(key: signature.key, message: signature.message) == signature.hex)
    }

    /// An empty key after another must not be signed with the other.
    @Test func forgetsKeys() {
        let empty = HMACSHA256.hex(key: [], message: [1])
        _ = HMACSHA256.hex(key: [1, 2, 3], message: [1])
        #expect(HMACSHA256.hex(key: [], message: [1]) == empty)
    }

    /// The algorithm is looked up by whoever comes first: many at once must agree.
    @Test func agreesAcrossThreads() async {
        let digests = await withTaskGroup(of: String.self) { group in
            for _ in 0..<64 { group.addTask { SHA256.hex(of: "theseus") } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(digests == [SHA256.hex(of: "theseus")])
    }
}
