/// InfluxDB's annotated CSV: tables with a block of annotations, a line of names, and records.
struct AnnotatedCSV {
    struct Table {
        var names: [String] = []
        var types: [String] = []
        var isInKey: [Bool] = []
        var defaults: [String] = []
        var records: [[String]] = []

        func column(_ name: String) -> Int? { names.firstIndex(of: name) }

        /// The columns of the group key, without those of time.
        func name(of record: [String]) -> String {
            let pairs = names.indices.compactMap { index -> String? in
                guard isInKey[index], !["_start", "_stop", ""].contains(names[index]) else {
                    return nil
                }
                return "\(names[index])=\"\(record[index])\""
            }
            return "{\(pairs.joined(separator: ","))}"
        }
    }

    private let text: String

    init(_ text: String) { self.text = text }

    func tables() throws(WireFault) -> [Table] {
        var tables: [Table] = []
        var table = Table()
        for row in try rows() {
            if row.count == 1, row[0].isEmpty {
                // An empty line ends a table.
                if !table.names.isEmpty { tables.append(table) }
                table = Table()
                continue
            }
            switch row[0] {
            case "#datatype", "#group", "#default":
                if !table.names.isEmpty {
                    tables.append(table)
                    table = Table()
                }
                annotate(&table, row)
            default:
                if table.names.isEmpty {
                    try name(&table, row)
                } else {
                    try record(&table, row)
                }
            }
        }
        if !table.names.isEmpty { tables.append(table) }
        return tables
    }

    private func annotate(_ table: inout Table, _ row: [String]) {
        let cells = [""] + row.dropFirst()
        switch row[0] {
        case "#datatype": table.types = cells
        case "#group": table.isInKey = cells.map { $0 == "true" }
        default: table.defaults = cells
        }
    }

    private func name(_ table: inout Table, _ row: [String]) throws(WireFault) {
        guard row.count > 1, row.count == table.types.count, row.count == table.isInKey.count
        else { throw WireFault(.undecodable) }
        table.names = row
        if table.defaults.count != row.count {
            table.defaults = row.map { _ in "" }
        }
    }

    /// An empty cell has its column's default.
    private func record(_ table: inout Table, _ row: [String]) throws(WireFault) {
        guard row.count == table.names.count else { throw WireFault(.undecodable) }
        table.records.append(
            row.indices.map { row[$0].isEmpty ? table.defaults[$0] : row[$0] })
    }

    /// RFC 4180, over bytes: a quoted cell may hold commas, line breaks and doubled quotes.
    private func rows() throws(WireFault) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell: [UInt8] = []
        var isQuoted = false
        var rest = Array(text.utf8)[...]
        func end() {
            row.append(String(decoding: cell, as: UTF8.self))
            cell = []
        }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\"") where isQuoted:
                if rest.first == UInt8(ascii: "\"") {
                    cell.append(byte)
                    rest = rest.dropFirst()
                } else {
                    isQuoted = false
                }
            case _ where isQuoted: cell.append(byte)
            case UInt8(ascii: "\""): isQuoted = true
            case UInt8(ascii: ","): end()
            case UInt8(ascii: "\r"): continue
            case UInt8(ascii: "\n"):
                end()
                rows.append(row)
                row = []
            default: cell.append(byte)
            }
        }
        // An answer that ends within a cell was cut off.
        if isQuoted { throw WireFault(.undecodable) }
        if !row.isEmpty || !cell.isEmpty {
            end()
            rows.append(row)
        }
        return rows
    }
}
