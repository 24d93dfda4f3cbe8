import ApusCore
import ApusONNX

let fuzzedSchema = Schema.tensor
let fuzzedOperators = [""]

/// Reads a value as the files of the ONNX project's test cases hold it, in each of its kinds.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = [UInt8](UnsafeBufferPointer(start: data, count: size))
    let tensor = ValueType.tensor(.float, shape: nil)
    for type in [tensor, .sequence(tensor), .optional(tensor)] {
        do throws(GraphError) {
            touch(try ValueFile.read(decoding: bytes, as: type))
        } catch {
            _ = error.description
        }
    }
    return 0
}
