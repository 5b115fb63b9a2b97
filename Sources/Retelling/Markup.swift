/// Words between tags, and in the quotes of an attribute.
///
/// What XML 1.0 forbids (control characters, lone halves of characters) becomes U+FFFD, the mark of what
/// could not be shown. The same holds in HTML, where such characters mean nothing either.
package enum Markup {
    /// Between tags; line breaks stay.
    package static func text(_ words: String) -> String {
        var told = ""
        for letter in words.unicodeScalars {
            switch letter {
            case "&": told += "&amp;"
            case "<": told += "&lt;"
            case ">": told += "&gt;"
            case "\"": told += "&quot;"
            // A reader would make a line break of it.
            case "\r": told += "&#13;"
            default: told.unicodeScalars.append(isAllowed(letter) ? letter : "\u{FFFD}")
            }
        }
        return told
    }

    /// In an attribute, of which a reader would make spaces of tabs and line breaks.
    static func attribute(_ words: String) -> String {
        text(words).replacing("\n", with: "&#10;").replacing("\t", with: "&#9;")
    }

    /// The characters of XML 1.0.
    private static func isAllowed(_ letter: Unicode.Scalar) -> Bool {
        switch letter.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: true
        default: false
        }
    }
}
