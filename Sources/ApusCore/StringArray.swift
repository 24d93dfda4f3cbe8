/// A dense row-major array of texts.
public struct StringArray: Sendable, Equatable {
    public let shape: Shape
    public let elements: [String]

    public init(_ elements: [String], shape: Shape? = nil) {
        let shape = shape ?? [elements.count]
        precondition(shape.count == elements.count, "\(elements.count) elements do not fill \(shape)")
        (self.shape, self.elements) = (shape, elements)
    }

    public var count: Int { elements.count }

    /// The same elements under another shape of the same count.
    public func reshaped(to shape: Shape) -> StringArray { StringArray(elements, shape: shape) }
}
