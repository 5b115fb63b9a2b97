/// The last lines of a program's output, as they may stand in a journal.
///
/// What looks like a credential is masked: passwords in addresses, what follows a word such as
/// `password`, `token` or `Bearer`, and long strings of letters and digits. A secret that looks like
/// any other word is not seen: whose programs write such lines says `podLogs: none` in the flow.
enum LogLines {
    /// No more lines than these, and no more characters of each.
    static let most = 10
    static let longest = 200

    private static let mask = "***"

    static func shown(_ bytes: [UInt8]) -> [String] {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.suffix(most).map { line in
            let masked = masked(plain(line))
            return masked.count > longest ? "\(masked.prefix(longest - 1))…" : masked
        }
    }

    /// Without colours and other control characters.
    private static func plain(_ line: Substring) -> String {
        var plain = ""
        var isEscape = false
        for scalar in line.unicodeScalars {
            if isEscape {
                isEscape = !(0x40...0x7E).contains(scalar.value) || scalar == "["
            } else if scalar.value == 0x1B {
                isEscape = true
            } else if scalar.value == 0x09 {
                plain += " "
            } else if scalar.value >= 0x20, scalar.value != 0x7F {
                plain.unicodeScalars.append(scalar)
            }
        }
        return plain
    }

    // MARK: Masking

    private static let secretWords = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "apikey", "api_key",
        "api-key", "access_key", "accesskey", "access-key", "private_key", "privatekey",
        "credential", "cookie", "authorization", "dsn",
    ]

    private static let schemes = ["bearer", "basic"]

    static func masked(_ line: String) -> String {
        if line.contains("-----BEGIN ") { return mask }
        var words: [String] = []
        var hidesNext = false
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            let plain = word.lowercased().filter { $0.isLetter }
            if hidesNext, !word.isEmpty, !schemes.contains(plain), !"=:".contains(word) {
                words.append(mask)
                hidesNext = false
                continue
            }
            let (shown, endsOpen) = maskedWord(String(word))
            words.append(shown)
            if !word.isEmpty {
                hidesNext = endsOpen || schemes.contains(plain) || (hidesNext && !word.isEmpty)
            }
        }
        return words.joined(separator: " ")
    }

    /// One word without its secrets, and whether the next word is one: `password: x`.
    private static func maskedWord(_ given: String) -> (String, Bool) {
        let word = withoutUser(given)
        let lower = word.lowercased()
        if secretWords.contains(where: lower.contains) {
            guard let mark = word.firstIndex(where: { $0 == "=" || $0 == ":" }) else {
                return (word, isKey(lower))
            }
            let rest = word[word.index(after: mark)...].drop { "\"'".contains($0) }
            return rest.isEmpty ? (word, true) : ("\(word[...mark])\(mask)", false)
        }
        return (withoutLongRuns(word), false)
    }

    /// Whether a word that has no sign behind it is itself the name of a secret: `password is x`
    /// is prose, `--password x` is not.
    private static func isKey(_ word: String) -> Bool {
        word.hasPrefix("-") || word.hasPrefix("\"") && word.hasSuffix("\"")
    }

    /// Takes user and password out of an address: `postgres://***@db/app`.
    private static func withoutUser(_ word: String) -> String {
        guard let at = word.lastIndex(of: "@"), let scheme = word[..<at].firstRange(of: "://")
        else { return word }
        return "\(word[..<scheme.upperBound])\(mask)\(word[at...])"
    }

    /// Keys, tokens and digests are long runs of letters and digits, both of them.
    private static func withoutLongRuns(_ word: String) -> String {
        var shown = ""
        var run = ""
        func end() {
            let isMixed = run.contains(where: \.isNumber) && run.contains(where: \.isLetter)
            shown += run.count >= 24 && isMixed ? mask : run
            run = ""
        }
        for character in word {
            if character.isLetter || character.isNumber || "+_-".contains(character) {
                run.append(character)
            } else {
                end()
                shown.append(character)
            }
        }
        end()
        return shown
    }
}
