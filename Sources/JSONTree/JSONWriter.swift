/// Writes JSON without spaces.
package enum JSONWriter {
    package static func bytes(of tree: JSONTree) -> [UInt8] { [] }
}
