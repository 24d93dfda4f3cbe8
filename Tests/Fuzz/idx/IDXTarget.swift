@testable import ApusDatasets

/// Reads bytes as an IDX array, plain or gzipped.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    guard let file = try? IDXFile.decode(UnsafeRawBufferPointer(start: data, count: size), path: "fuzzed") else {
        return 0
    }
    precondition(file.dimensions.reduce(1, *) == file.bytes.count, "the extents are not those of the bytes")
    return 0
}
