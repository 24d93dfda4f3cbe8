@testable import ApusCheckpoints

/// Reads bytes as a file of weights, the whole and a part, and looks at every element of every tensor.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    for key in [nil, "model"] {
        let bytes = UnsafeRawBufferPointer(start: data, count: size)
        do throws(CheckpointError) {
            // The bytes outlive the file, which nobody has to keep.
            touch(try WeightFile(decoding: bytes, owner: Nobody(), key: key))
        } catch {
            precondition(!error.description.isEmpty)
        }
    }
    return 0
}

private final class Nobody {}

private nonisolated(unsafe) var sum: UInt64 = 0

private func touch(_ file: WeightFile) {
    for (name, array) in file.tensors {
        precondition(array.shape.checkedCount == array.count, "'\(name)' has an impossible shape")
        array.withUnsafeBytes { bytes in
            for byte in bytes { sum &+= UInt64(byte) }
        }
    }
}
