import ApusCore

/// What a model declares about an input or output that is a tensor of numbers.
public struct TensorFact: Hashable, Sendable {
    public let name: String
    public let dataType: DataType
    /// The extents, `nil` where one may vary; `nil` as a whole where not even the rank is declared.
    public let shape: [Int?]?

    public init(name: String, dataType: DataType, shape: [Int?]?) {
        (self.name, self.dataType, self.shape) = (name, dataType, shape)
    }
}
