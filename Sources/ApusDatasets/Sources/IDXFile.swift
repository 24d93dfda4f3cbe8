import ApusCore
import CApusCodecs

/// An array of bytes in the IDX format of MNIST, plain or gzipped. <http://yann.lecun.com/exdb/mnist/>
struct IDXFile: Sendable {
    /// Extents, outermost first: `[N]` for labels, `[N, height, width]` for images.
    let dimensions: [Int]
    let bytes: [UInt8]

    /// No published data set of this format comes near it.
    private static let limit = 4 << 30

    static func read(_ path: String) throws(DatasetError) -> IDXFile {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch { throw .file(error) }
        defer { withExtendedLifetime(file) {} }
        return try decode(file.bytes, path: path)
    }

    /// - Parameter path: what errors call these bytes.
    static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(DatasetError) -> IDXFile {
        let isCompressed = bytes.starts(with: [0x1f, 0x8b])
        return try parse(isCompressed ? try inflate(bytes, path: path) : Array(bytes), path: path)
    }

    static func parse(_ bytes: [UInt8], path: String) throws(DatasetError) -> IDXFile {
        func failure(_ reason: String) -> DatasetError { .unreadableSource(path: path, line: nil, reason: reason) }
        guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0 else { throw failure("not an IDX file") }
        guard bytes[2] == 8 else { throw failure("IDX elements of type \(bytes[2]), expected 8 (unsigned bytes)") }
        let rank = Int(bytes[3])
        guard bytes.count >= 4 + 4 * rank else { throw failure("the IDX header is cut") }
        let dimensions = (0..<rank).map { axis in
            (0..<4).reduce(0) { $0 << 8 | Int(bytes[4 + 4 * axis + $1]) }
        }
        guard let count = Shape(dimensions).checkedCount, count == bytes.count - 4 - 4 * rank else {
            throw failure("\(bytes.count - 4 - 4 * rank) bytes of elements, expected \(Shape(dimensions))")
        }
        return IDXFile(dimensions: dimensions, bytes: Array(bytes[(4 + 4 * rank)...]))
    }

    private static func inflate(_ bytes: UnsafeRawBufferPointer, path: String) throws(DatasetError) -> [UInt8] {
        var output = apus_codec_buffer()
        defer { apus_codec_free(&output) }
        let input = bytes.bindMemory(to: UInt8.self)
        let result = apus_gzip_inflate(input.baseAddress, input.count, limit, &output)
        guard result.status == APUS_CODEC_OK else {
            let reason = withUnsafeBytes(of: result.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw .unreadableSource(path: path, line: nil, reason: "damaged gzip file: \(reason)")
        }
        return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
    }
}
