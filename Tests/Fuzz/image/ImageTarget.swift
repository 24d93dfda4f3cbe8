@testable import ApusVision

/// Decodes bytes as an image in each way there is, damage allowed and not, and as a mask.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>, _ size: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: data, count: size)
    _ = ColorEncoding(bytes)
    var options = ImageDecodingOptions()
    options.pixelLimit = 1 << 20
    for (reduction, allowsDamage) in [(1, false), (1, true), (4, true)] {
        (options.reduction, options.allowsDamage) = (reduction, allowsDamage)
        if let image = try? Image(decoding: bytes, name: "fuzzed", options: options) {
            _ = image.pixels.reduce(0) { $0 &+ Int($1) }
        }
    }
    if let mask = try? IndexImage(decodingPNG: bytes, name: "fuzzed", pixelLimit: 1 << 20) {
        _ = mask.indices.reduce(0) { $0 &+ Int($1) }
    }
    return 0
}
