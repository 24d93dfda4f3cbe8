import ApusCore

/// One of the eight symmetries of a square, each as likely.
public struct D4: SymmetryTransform {
    public init() {}

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Symmetry? {
        Symmetry.allCases[stream.index(below: Symmetry.allCases.count)]
    }
}

/// The same under Albumentations' newer name.
public struct SquareSymmetry: SymmetryTransform {
    public init() {}

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Symmetry? {
        D4().draw(for: sample, using: &stream)
    }
}
