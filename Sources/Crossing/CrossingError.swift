internal import YAML

/// Why nothing can be made of the files.
package struct CrossingError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// No YAML that we take; in the reader's words.
        case syntax(String, remedy: String)
        /// No Rollout and no Canary; the kinds that are there.
        case nothing([String])
        case several([String])
        case noSuchName(String, [String])
    }

    package let code: Code
    package let place: String

    init(_ code: Code, place: String) {
        self.code = code
        self.place = place
    }

    init(_ error: YAMLError, file: String) {
        self.init(.syntax(error.reason, remedy: error.remedy), place: "\(file):\(error.place)")
    }

    private var what: String {
        switch code {
        case .syntax(let reason, _): return reason
        case .nothing(let kinds):
            let found = kinds.isEmpty ? "nothing" : kinds.joined(separator: ", ")
            return "no Argo Rollout and no Flagger Canary, found \(found)"
        case .several(let titles):
            return "more than one resource to import: \(titles.joined(separator: ", "))"
        case .noSuchName(let name, _): return "nothing to import is called \"\(name)\""
        }
    }

    private var remedy: String {
        switch code {
        case .syntax(_, let remedy): remedy
        case .nothing:
            "give the file with the Rollout (argoproj.io) or the Canary (flagger.app),"
                + " and beside it its templates"
        case .several: "say which with --name NAME; each becomes a flow of its own"
        case .noSuchName(_, let titles): "there are: \(titles.joined(separator: ", "))"
        }
    }

    package var description: String {
        """
        import: \(what)
          where: \(place)
          do:    \(remedy)
        """
    }
}
