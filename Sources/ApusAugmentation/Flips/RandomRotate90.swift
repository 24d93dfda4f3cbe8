import ApusCore

/// Turns by 0 to 3 right angles, counter-clockwise, each as likely.
public struct RandomRotate90: SymmetryTransform {
    public init() {}

    public func draw(for sample: Sample, using stream: inout RandomStream) -> Symmetry? {
        [.identity, .quarter, .half, .threeQuarters][stream.index(below: 4)]
    }
}
