/// All that can be said of a flow without a cluster: every fault, or what to think over.
package struct FlowExamination: Sendable {
    /// nil where there are faults.
    package let flow: Flow?
    package let source: FlowSource
    /// In the order of the files, then of their lines.
    package let faults: [FlowError]
    /// Only of a flow without faults.
    package let warnings: [FlowWarning]
    /// Files that may be shown, by the names that faults have for them: no manifest is among them,
    /// for it may hold secrets.
    private let texts: [String: [UInt8]]

    init(
        _ source: FlowSource, faults: [FlowError], flow: Flow? = nil,
        warnings: [FlowWarning] = [], template: String? = nil
    ) {
        self.source = source
        self.faults = faults
        self.flow = flow
        self.warnings = warnings
        var texts: [String: [UInt8]] = [:]
        if let own = source.files.first {
            texts[own.path] = own.bytes
            if let template, let file = source.files.first(where: { $0.path == template }) {
                texts[FlowTemplates.place(of: template, from: own.path)] = file.bytes
            }
        }
        self.texts = texts
    }

    /// A line of the flow or of its template, counted from 1.
    package func line(_ number: Int, of file: String) -> String? {
        guard let bytes = texts[file], number > 0 else { return nil }
        let line = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
            .dropFirst(number - 1).first
        return line.map { String(decoding: $0, as: UTF8.self) }
    }
}
