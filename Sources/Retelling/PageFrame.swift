/// A page of ours as one file for a browser or a mail: nothing of it is fetched from anywhere, and no
/// script runs.
package struct PageFrame: Sendable {
    private let title: String
    private let body: String

    /// `title` is plain; `body` is HTML already.
    package init(title: String, body: String) {
        self.title = title
        self.body = body
    }

    package var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Markup.text(title))</title>
        <style>\(Self.style)</style>
        </head>
        <body>
        <h1>\(Markup.text(title))</h1>
        \(body)
        </body>
        </html>

        """
    }

    private static let style = """
        :root { color-scheme: light dark }
        body { font: 15px/1.45 system-ui, sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }
        table { border-collapse: collapse; margin: 1em 0; font-size: 14px }
        th, td { text-align: left; padding: .25em .8em; border-bottom: 1px solid #8884; \
        vertical-align: top }
        code, pre { font-size: 13px } pre { margin: .3em 0; white-space: pre-wrap }
        .good { color: #2a8a3e } .bad { color: #c62828 } .odd { color: #b26a00 } .dim { opacity: .6 }
        svg { max-width: 100%; height: auto } svg text { font: 12px system-ui, sans-serif; \
        fill: currentColor }
        """

    /// Cells of one row; their words are plain.
    package static func cells(_ texts: [String], _ tag: String) -> String {
        texts.map { "<\(tag)>\(Markup.text($0))</\(tag)>" }.joined()
    }

    /// Paragraphs; their words are plain.
    package static func paragraphs(_ texts: [String]) -> String {
        texts.map { "<p>\(Markup.text($0))</p>" }.joined(separator: "\n")
    }
}
