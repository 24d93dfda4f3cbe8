import ApusConfiguration
import ApusCore
import ApusVision

/// One operation of fourteen, of a strength drawn anew each time.
///
/// Müller & Hutter, *TrivialAugment: Tuning-free Yet State-of-the-Art Data Augmentation*,
/// <https://arxiv.org/abs/2103.10158>, with torchvision's ranges (shifts as parts of a 224-pixel side); boxes, masks and
/// points move with the picture. Sharpness only sharpens.
public struct TrivialAugment: Transform {
    public var bins = 31

    public static var standardProbability: Double { 1 }

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.integer("num_magnitude_bins", &bins, in: 2...1000)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> AutomaticOperation? {
        let strength = Double(stream.index(below: bins)) / Double(bins - 1)
        return .drawn(strength, .trivialAugment, using: &stream)
    }

    public func apply(_ draw: AutomaticOperation, to sample: inout Sample) { sample.apply([draw]) }
}
