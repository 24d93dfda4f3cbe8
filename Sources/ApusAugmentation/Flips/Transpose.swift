import ApusCore

/// Exchanges rows and columns.
public struct Transpose: SymmetryTransform {
    public static var standardProbability: Double { 0.5 }

    public init() {}

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Symmetry? { .transpose }
}
