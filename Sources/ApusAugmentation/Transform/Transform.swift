import ApusConfiguration
import ApusCore
import ApusVision

/// A random change of samples under Albumentations' name and parameters: drawn once, then applied alike to the image
/// and to everything marked in it.
///
/// Conform to `PixelTransform` where only the image changes, to `SpatialTransform` where places move.
public protocol Transform: Sendable {
    /// The numbers that settle what one application does: the same draw does the same again.
    associatedtype Draw: Codable & Sendable

    /// Albumentations' class name; by default the type's.
    static var name: String { get }

    /// How often it is applied where a pipeline does not say: Albumentations' default for `p`.
    static var standardProbability: Double { get }

    /// With Albumentations' defaults.
    init()

    /// Names every parameter once, to be read from a pipeline's file or written into one.
    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError)

    /// How many channels an image of so many has afterwards; `nil` where the transform does not take it and leaves it
    /// alone, which `Pipeline.check(channels:)` reports. By default as many.
    func channels(after channels: Int) -> Int?

    /// Draws for a sample; `nil` leaves it alone.
    func draw(for sample: Sample, using stream: inout RandomStream) -> Draw?

    /// Changes the image and everything in it by one draw.
    func apply(_ draw: Draw, to sample: inout Sample)
}

extension Transform {
    public static var name: String { String(describing: Self.self) }
    public static var standardProbability: Double { 0.5 }

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {}

    public func channels(after channels: Int) -> Int? { channels }

    /// The sample changed by a draw of its own, whatever the probability.
    public func callAsFunction(_ sample: Sample, using stream: inout RandomStream) -> Sample {
        guard let draw = draw(for: sample, using: &stream) else { return sample }
        var result = sample
        apply(draw, to: &result)
        return result
    }
}

/// The draw of a transform that has nothing to draw.
public struct NoDraw: Codable, Hashable, Sendable {
    public init() {}
}

extension Transform where Draw == NoDraw {
    public func draw(for sample: Sample, using stream: inout RandomStream) -> NoDraw? { NoDraw() }
}
