import Glibc

/// A `.npy` file that cannot be read.
public enum NPYError: Error, Equatable, CustomStringConvertible {
    case malformed(path: String, reason: String)
    case unsupportedType(path: String, descriptor: String)

    public var description: String {
        switch self {
        case .malformed(let path, let reason): "\(path): not a NumPy array file: \(reason)"
        case .unsupportedType(let path, let descriptor):
            "\(path): elements of type '\(descriptor)'; save the array as a little-endian number or bool"
        }
    }
}

/// NumPy's array file, versions 1 to 3. <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>
public enum NPYFile {
    public static func read(_ path: String) throws -> NDArray {
        let file: MappedFile
        do throws(FileError) { file = try MappedFile(path: path) } catch {
            // Pipes cannot be mapped.
            guard error.code == ENOTSUP else { throw error }
            return try decode(try FileSystem.read(path), path: path)
        }
        return try withExtendedLifetime(file) { try decode(file.bytes, path: path) }
    }

    public static func write(_ array: NDArray, to path: String) throws(FileError) {
        let header = header(of: array)
        try header.withUnsafeBytes { header in
            Result { () throws(FileError) in
                try array.withUnsafeBytes { elements throws(FileError) in
                    try FileSystem.writeWhole([header, elements], to: path)
                }
            }
        }.get()
    }

    static func encode(_ array: NDArray) -> [UInt8] { array.withUnsafeBytes { header(of: array) + $0 } }

    private static func header(of array: NDArray) -> [UInt8] {
        let extents = array.shape.dimensions.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '\(descriptor(of: array.dataType))', 'fortran_order': False, 'shape': (\(extents)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        let length = UInt16(header.utf8.count)
        let preamble = magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)]
        return preamble + Array(header.utf8)
    }

    static func decode(_ bytes: [UInt8], path: String) throws(NPYError) -> NDArray {
        try bytes.withUnsafeBytes { bytes in
            Result { () throws(NPYError) in try decode(bytes, path: path) }
        }.get()
    }

    private static func decode(_ bytes: UnsafeRawBufferPointer, path: String) throws(NPYError) -> NDArray {
        guard bytes.count >= 10, Array(bytes[..<6]) == magic else {
            throw .malformed(path: path, reason: "no \\x93NUMPY at its start")
        }
        let isLong = bytes[6] >= 2
        let start = isLong ? 12 : 10
        guard bytes.count >= start else { throw .malformed(path: path, reason: "the header is cut") }
        let length = (8..<start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard bytes.count - start >= length else { throw .malformed(path: path, reason: "the header is cut") }
        let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
        let (type, shape) = try parse(header, path: path)
        guard let count = shape.checkedCount, count <= (bytes.count - start - length) / type.size else {
            throw .malformed(path: path, reason: "fewer bytes than \(shape) \(type) needs")
        }
        let array = NDArray(uninitialized: shape, dataType: type)
        if let source = bytes.baseAddress {
            array.storage.base.copyMemory(from: source + start + length, byteCount: array.byteCount)
        }
        return array
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    private static func parse(_ header: String, path: String) throws(NPYError) -> (DataType, Shape) {
        guard let descriptor = value(of: "descr", in: header, until: ",") else {
            throw .malformed(path: path, reason: "no 'descr'")
        }
        let name = descriptor.filter { $0 != "'" && $0 != "\"" && $0 != " " }
        guard let type = DataType.allCases.first(where: { !$0.isFloat8 && Self.descriptor(of: $0) == name }) else {
            throw .unsupportedType(path: path, descriptor: name)
        }
        guard value(of: "fortran_order", in: header, until: ",")?.contains("False") == true else {
            throw .malformed(path: path, reason: "Fortran order; save with numpy.ascontiguousarray")
        }
        guard let list = value(of: "shape", in: header, until: ")")?.drop(while: { $0 != "(" }).dropFirst() else {
            throw .malformed(path: path, reason: "no 'shape'")
        }
        let extents = list.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
        let dimensions = extents.compactMap { Int($0) }
        guard dimensions.count == extents.count else { throw .malformed(path: path, reason: "a shape of (\(list))") }
        return (type, Shape(dimensions))
    }

    private static func value(of key: String, in header: String, until end: Character) -> Substring? {
        guard let range = header.firstRange(of: "'\(key)':") else { return nil }
        return header[range.upperBound...].prefix { $0 != end }
    }

    private static func descriptor(of type: DataType) -> String {
        switch type {
        case .float16: "<f2"
        case .bfloat16: "<V2"
        case .float32: "<f4"
        case .float64: "<f8"
        // NumPy knows no 8-bit floats, whose bytes it takes as they are, and no 4-bit integers.
        case .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ: "|V1"
        case .int8, .int4: "|i1"
        case .int16: "<i2"
        case .int32: "<i4"
        case .int64: "<i8"
        case .uint8, .uint4: "|u1"
        case .uint16: "<u2"
        case .uint32: "<u4"
        case .uint64: "<u8"
        case .bool: "|b1"
        }
    }
}
