import ApusConfiguration
import ApusCore
import ApusVision

/// Keeps a part of a size with at least one box in it, or some of one.
public struct AtLeastOneBBoxRandomCrop: FramingTransform {
    public static var standardProbability: Double { 1 }

    public var size = ImageSize(square: 256)
    /// How much of the box may be lost, in fractions of its sides.
    public var erosion = 0.0

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.sides(&size)
        try parameters.number("erosion_factor", &erosion, in: 0...1)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        let part = ImageSize(width: min(size.width, sample.size.width), height: min(size.height, sample.size.height))
        let box = sample.boxes.isEmpty ? nil : sample.boxes[stream.index(below: sample.boxes.count)].box
        let x = first(box.map { $0.minX...max($0.minX, $0.maxX) }, part.width, sample.size.width, &stream)
        let y = first(box.map { $0.minY...max($0.minY, $0.maxY) }, part.height, sample.size.height, &stream)
        return CropFrame(x: x, y: y, size: part)
    }

    /// The first pixel of a part of `length` that holds enough of the box's side.
    private func first(
        _ side: ClosedRange<Float>?, _ length: Int, _ total: Int, _ stream: inout RandomStream
    ) -> Int {
        let free = Double(total - length)
        guard let side, side.lowerBound.isFinite, side.upperBound.isFinite else { return Int(stream.uniform(0, free)) }
        let (low, high) = (Double(side.lowerBound), Double(side.upperBound))
        let kept = (high - low) * (1 - erosion)
        let from = (low + kept - Double(length)).clamped(to: 0...free)
        return Int(stream.uniform(from, (high - kept).clamped(to: 0...free)))
    }
}
