import Foundation

/// The reader that `THESEUS_FUZZ` names.
private let target = FuzzTarget(
    rawValue: ProcessInfo.processInfo.environment["THESEUS_FUZZ"] ?? "flow")

/// What libFuzzer calls with every input; a broken promise ends the process, as a trap does.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzzOnce(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = unsafe Array(UnsafeBufferPointer(start: bytes, count: count))
    guard let flaw = target?.read(input) else { return 0 }
    FileHandle.standardError.write(Data("\(flaw)\n".utf8))
    abort()
}
