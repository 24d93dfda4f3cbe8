import ApusCore

/// What a model gave for an image: arrays of any number, type and shape, until they are asked for as something.
public struct ModelOutputs: Sendable {
    let file: String
    /// In the model's order.
    let names: [String]
    let arrays: [String: NDArray]

    /// An output by name, or by its place in the model where no name is given.
    func array(_ name: String?, at index: Int) throws(InferenceError) -> (name: String, array: NDArray) {
        let found = name ?? (names.indices.contains(index) ? names[index] : nil)
        guard let found, let array = arrays[found] else {
            throw unfit(expected: name.map { "an output “\($0)”" } ?? "\(index + 1) outputs", found: written)
        }
        return (found, array)
    }

    /// An output as a table: leading extents of 1 set aside, and as one row or column where nothing else is left.
    func matrix(_ name: String?, at index: Int) throws(InferenceError) -> Matrix {
        let (name, array) = try array(name, at: index)
        guard let (rows, columns) = Self.table(array.shape), let values = array.floats
        else { throw unfit(expected: "a table of numbers in “\(name)”", found: "\(array.dataType) \(array.shape)") }
        return Matrix(name: name, shape: array.shape, rows: rows, columns: columns, values: values)
    }

    /// The extents of a table: those that are left without ones around them; `nil` where they are not two.
    static func table(_ shape: Shape) -> (rows: Int, columns: Int)? {
        var extents = shape.dimensions[...]
        while extents.count > 2, extents.first == 1 { extents.removeFirst() }
        while extents.count > 2, extents.last == 1 { extents.removeLast() }
        guard extents.count == 2, let rows = extents.first, let columns = extents.last else { return nil }
        return (rows, columns)
    }

    /// An output as numbers, whatever its shape.
    func numbers(_ name: String?, at index: Int) throws(InferenceError) -> [Float] {
        let (name, array) = try array(name, at: index)
        guard let values = array.floats else {
            throw unfit(expected: "numbers in “\(name)”", found: "\(array.dataType) \(array.shape)")
        }
        return values
    }

    func unfit(expected: String, found: String) -> InferenceError {
        .sidecar(file: file, expected: expected, found: found, remedy: "correct the sidecar's decode block")
    }

    private var written: String {
        names.map { "\($0) \(arrays[$0].map { "\($0.shape)" } ?? "")" }.joined(separator: ", ")
    }
}

/// Rows of numbers.
struct Matrix {
    let name: String
    /// As the model gave it.
    let shape: Shape
    let rows, columns: Int
    let values: [Float]

    subscript(row: Int, column: Int) -> Float { values[row * columns + column] }
}

extension NDArray {
    /// The elements as `Float`; `nil` where they are no numbers that models give.
    var floats: [Float]? {
        switch dataType {
        case .float32: elements(of: Float.self)
        case .float64: elements(of: Double.self).map { Float($0) }
        case .float16:
            withUnsafeBytes { bytes in
                (0..<count).map { Float(bytes.loadUnaligned(fromByteOffset: 2 * $0, as: Float16.self)) }
            }
        case .int64: elements(of: Int64.self).map { Float($0) }
        case .int32: elements(of: Int32.self).map { Float($0) }
        case .uint8: elements(of: UInt8.self).map { Float($0) }
        case .int8: elements(of: Int8.self).map { Float($0) }
        default: nil
        }
    }
}
