import Foundation
import Testing

/// Words that were planted, and the search for them in whatever came out.
enum Planted {
    static let token = "planted-token-0123456789"
    static let password = "planted-password-9876543210"
    /// No secret: where it is not found, the search looks in vain.
    static let harmless = "planted-harmless-5555555555"

    /// As it is, or as a part of anything in base64, wherever in its blocks of three it stands.
    static func holds(_ text: String, _ word: String) -> Bool {
        if text.contains(word) { return true }
        return (0..<3).contains { shift in
            let whole = Data((String(repeating: " ", count: shift) + word).utf8)
                .base64EncodedString()
            return text.contains(whole.dropFirst(4).dropLast(4))
        }
    }

    static func expectNothing(
        in text: String, _ what: String = "", _ place: SourceLocation = #_sourceLocation
    ) {
        for word in [token, password] {
            #expect(!holds(text, word), "\(word) is in \(what)", sourceLocation: place)
        }
    }
}
