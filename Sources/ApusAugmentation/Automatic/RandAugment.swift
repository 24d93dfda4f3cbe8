import ApusConfiguration
import ApusCore
import ApusVision

/// So many operations of one strength, each drawn from fourteen.
///
/// Cubuk et al., *RandAugment: Practical automated data augmentation with a reduced search space*,
/// <https://arxiv.org/abs/1909.13719>, with torchvision's ranges; boxes, masks and points move with the picture.
/// Sharpness only sharpens.
public struct RandAugment: Transform {
    public var count = 2
    /// From 0 to `bins - 1`.
    public var magnitude = 9
    public var bins = 31

    public static var standardProbability: Double { 1 }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.integer("num_ops", &count, in: 0...20)
        try parameters.integer("num_magnitude_bins", &bins, in: 2...1000)
        try parameters.integer("magnitude", &magnitude, in: 0...999)
        guard magnitude < bins else {
            throw parameters.problem("magnitude", "expected 0 to \(bins - 1), found \(magnitude)")
        }
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> [AutomaticOperation]? {
        let strength = Double(magnitude) / Double(bins - 1)
        return (0..<count).map { _ in .drawn(strength, .randAugment, using: &stream) }
    }

    public func apply(_ draw: [AutomaticOperation], to sample: inout Sample) { sample.apply(draw) }
}

/// How strong each operation is at its strongest.
struct AutomaticRanges {
    var shear, shift, rotation, gain, lostBits: Double

    static let randAugment = AutomaticRanges(shear: 0.3, shift: 150.0 / 331, rotation: 30, gain: 0.9, lostBits: 4)
    static let trivialAugment = AutomaticRanges(shear: 0.99, shift: 32.0 / 224, rotation: 135, gain: 0.99, lostBits: 6)
}

extension AutomaticOperation {
    /// One operation, each as likely, of a strength from 0 to 1.
    static func drawn(
        _ strength: Double, _ ranges: AutomaticRanges, using stream: inout RandomStream
    ) -> AutomaticOperation {
        let kind = Kind.allCases[stream.index(below: Kind.allCases.count)]
        let sign = stream.happens(0.5) ? -1.0 : 1
        return switch kind {
        case .identity, .autocontrast, .equalize: AutomaticOperation(kind, 0)
        case .shearX, .shearY: AutomaticOperation(kind, sign * strength * ranges.shear)
        case .translateX, .translateY: AutomaticOperation(kind, sign * strength * ranges.shift)
        case .rotate: AutomaticOperation(kind, sign * strength * ranges.rotation)
        case .brightness, .color, .contrast: AutomaticOperation(kind, sign * strength * ranges.gain)
        case .sharpness: AutomaticOperation(kind, strength * ranges.gain)
        case .posterize: AutomaticOperation(kind, 8 - (strength * ranges.lostBits).rounded())
        case .solarize: AutomaticOperation(kind, 1 - strength)
        }
    }
}
