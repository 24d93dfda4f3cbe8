import ApusCore
import ApusONNX

/// What a model declares about an input or output.
public struct TensorFact: Hashable, Sendable {
    public let name: String
    public let dataType: DataType
    /// The extents, `nil` where one may vary; `nil` as a whole where not even the rank is declared.
    public let shape: [Int?]?

    public init(name: String, dataType: DataType, shape: [Int?]?) {
        (self.name, self.dataType, self.shape) = (name, dataType, shape)
    }

    init(_ info: ValueInfo) throws(RuntimeError) {
        guard let dataType = info.dataType else {
            throw .unsupportedValue(info.name, type: "\(info.type)")
        }
        let shape = info.shape.map { dimensions in
            // Some exporters write −1 or 0 for an extent that varies.
            dimensions.map { dimension in dimension.value.flatMap { $0 > 0 ? $0 : nil } }
        }
        self.init(name: info.name, dataType: dataType, shape: shape)
    }

    /// Refuses an array of another type or shape.
    func check(_ array: NDArray) throws(RuntimeError) {
        guard array.dataType == dataType else {
            throw .inputType(name, expected: dataType, found: array.dataType)
        }
        guard let shape else { return }
        let fits =
            shape.count == array.shape.rank
            && zip(shape, array.shape.dimensions).allSatisfy { declared, found in declared ?? found == found }
        guard fits else { throw .inputShape(name, expected: shapeText, found: array.shape) }
    }

    private var shapeText: String {
        guard let shape else { return "any" }
        return "[" + shape.map { $0.map(String.init) ?? "any" }.joined(separator: ", ") + "]"
    }
}
