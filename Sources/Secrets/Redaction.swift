internal import HTTPMessages

/// Keeps secrets out of what is repeated of a test's output.
///
/// Four nets: the values that the test was given or that stand in our own environment under a name
/// that sounds secret; whatever is written next to such a name; what follows `Bearer` or `Basic`; and
/// passwords in URLs. A secret that a test invents, or turns into something else, gets through all of them:
/// tests must not print those.
package struct Redaction: Hashable, Sendable {
    private let secrets: [String]

    private static let mark = "***"

    /// Learns the secrets from variables.
    ///
    /// Of `known` those count whose names sound secret; of `given`, which a flow hands on by name,
    /// all that are not short.
    package init(known: [Variable], given: [Variable]) {
        var secrets: [String] = []
        for variable in known where Self.soundsSecret(variable.name) {
            secrets += Self.forms(of: variable.value, least: 4)
        }
        for variable in given {
            secrets += Self.forms(
                of: variable.value, least: Self.soundsSecret(variable.name) ? 4 : 8)
        }
        // Long ones first: one may be a part of another.
        self.secrets = secrets.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    /// A name and a value.
    package struct Variable: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// What a value may look like: line by line, percent-encoded, and the password in a URL.
    private static func forms(of value: String, least: Int) -> [String] {
        var forms = value.split(whereSeparator: \.isNewline).map(String.init)
        if let scheme = value.firstRange(of: "://") {
            let authority = value[scheme.upperBound...].prefix { $0 != "/" }
            if let at = authority.lastIndex(of: "@"),
                let colon = authority[..<at].firstIndex(of: ":")
            {
                forms.append(String(authority[authority.index(after: colon)..<at]))
            }
        }
        forms += forms.map { URLText.encoded($0) }
        return forms.filter { $0.utf8.count >= least }
    }

    private static let secretWords = [
        "token", "secret", "password", "passwd", "passphrase", "credential", "private", "apikey",
        "api_key", "access_key", "accesskey", "auth", "cookie", "session", "signature",
    ]

    package static func soundsSecret(_ name: String) -> Bool {
        let name = name.lowercased()
        return name == "key" || name.hasSuffix("_key") || name.hasSuffix("-key")
            || secretWords.contains { name.contains($0) }
    }

    /// One line, without secrets and without what moves a terminal's cursor.
    package func clean(_ line: String) -> String {
        // Twice, since a secret may have such characters, and may be cut up by them.
        Self.masked(without(Self.plain(without(line))))
    }

    private func without(_ line: String) -> String {
        secrets.reduce(line) { $0.replacing($1, with: Self.mark) }
    }

    /// Without control characters and the sequences that they begin.
    private static func plain(_ line: String) -> String {
        var plain = String.UnicodeScalarView()
        var rest = line.unicodeScalars[...]
        while let letter = rest.popFirst() {
            if letter == "\u{1B}" {
                guard rest.first == "[" else { continue }
                rest = rest.drop { !(64...126).contains($0.value) || $0 == "[" }.dropFirst()
            } else if letter == "\t" {
                plain.append(" ")
            } else if letter.properties.generalCategory != .control,
                letter.properties.generalCategory != .format
            {
                plain.append(letter)
            }
        }
        return String(plain)
    }

    /// Masks `https://name:abc@host`, and a name so long that it is a token.
    private static func withoutPasswords(_ line: String) -> String {
        var told = ""
        var rest = line[...]
        while let scheme = rest.firstRange(of: "://") {
            told += rest[..<scheme.upperBound]
            rest = rest[scheme.upperBound...]
            let authority = rest.prefix { !$0.isWhitespace && !"/?#\"'<>".contains($0) }
            guard let at = authority.lastIndex(of: "@") else { continue }
            if let colon = authority[..<at].firstIndex(of: ":") {
                told += authority[...colon] + mark
                rest = rest[at...]
            } else if authority[..<at].count >= 20 {
                told += mark
                rest = rest[at...]
            }
        }
        return told + rest
    }

    /// Masks `token=abc`, `Authorization: Bearer abc`, `"password": "abc"`.
    private static func masked(_ line: String) -> String {
        var words: [String] = []
        var isNextSecret = false
        let line = withoutPasswords(line)
        for word in line.split(separator: " ", omittingEmptySubsequences: false).map(String.init) {
            if word.isEmpty {
                words.append(word)
            } else if ["bearer", "basic"].contains(word.lowercased()) {
                words.append(word)
                isNextSecret = true
            } else if isNextSecret {
                words.append(mark)
                isNextSecret = false
            } else if let sign = word.firstIndex(where: { $0 == "=" || $0 == ":" }),
                soundsSecret(String(word[..<sign])), !word[sign...].hasPrefix("://")
            {
                let value = word[word.index(after: sign)...]
                words.append(word[...sign] + (value.isEmpty ? "" : mark))
                isNextSecret = value.isEmpty
            } else {
                words.append(word)
            }
        }
        return words.joined(separator: " ")
    }
}
