import ApusCore
import ApusRuntime
import ApusArguments

/// Seeded arrays for a model whose answers do not matter, or matter only beside another's.
struct SampleInputs {
    /// Shapes for inputs, by name. Where nothing is given, an extent that varies is 1, and an image's sides are 224.
    let shapes: [String: [Int]]

    init(_ options: [NamedValue]) throws {
        shapes = try options.dictionary(option: "--shape").mapValues { text in
            let extents = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            let shape = extents.compactMap { $0 }
            guard shape.count == extents.count, Shape(shape).checkedCount.map({ $0 <= 1 << 32 }) ?? false else {
                throw ValidationError("--shape “\(text)” is no shape; write extents, as in 1,3,640,640.")
            }
            return shape
        }
    }

    /// - Throws: `ValidationError` where a shape is given for what is no input.
    func check(against inputs: [String]) throws {
        for name in shapes.keys.sorted() where !inputs.contains(name) {
            let known = inputs.joined(separator: ", ")
            throw ValidationError("--shape names “\(name)”, which is no input; there are: \(known).")
        }
    }

    func arrays(for inputs: [TensorFact]) throws -> [String: NDArray] {
        try check(against: inputs.map(\.name))
        var arrays = [String: NDArray]()
        for (index, input) in inputs.enumerated() {
            let name = input.name
            guard let extents = shapes[name] ?? input.shape.map(Self.closed) else {
                throw ValidationError("The shape of “\(name)” is not declared; give --shape \(name)=1,3,224,224 or so.")
            }
            arrays[name] = Self.array(Shape(extents), input.dataType, seed: UInt64(index))
        }
        return arrays
    }

    private static func closed(_ shape: [Int?]) -> [Int] {
        let isImage = shape.count == 4 && [1, 3, 4].contains(shape[1])
        return shape.enumerated().map { axis, extent in extent ?? (isImage && axis > 1 ? 224 : 1) }
    }

    /// Floats in `[0, 1)`; zeros for other types, which are indices or sizes and may be out of range otherwise.
    private static func array(_ shape: Shape, _ type: DataType, seed: UInt64) -> NDArray {
        guard type == .float32 else { return NDArray(zeros: shape, dataType: type) }
        var stream = RandomStream(seed: seed)
        return NDArray((0..<shape.count).map { _ in stream.uniform() }, shape: shape)
    }
}
