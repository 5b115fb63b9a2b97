import Digests
import Foundation
import Testing

@Suite struct Base64Tests {
    @Test func writesAndReadsAsFoundationDoes() {
        for count in 0..<200 {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ count) }
            let text = Data(bytes).base64EncodedString()
            #expect(Base64.text(of: bytes) == text)
            #expect(Base64.bytes(of: text) == bytes)
        }
    }

    @Test func lineBreaksArePassedOver() {
        #expect(Base64.bytes(of: "aGVs\nbG8h\r\n") == Array("hello!".utf8))
    }

    @Test(arguments: ["a", "ab", "abc", "ab==cd==", "a===", "====", "ab c", "abc!", "é===", "=abc"])
    func whatIsNoBase64IsRefused(_ text: String) {
        #expect(Base64.bytes(of: text) == nil)
    }
}
