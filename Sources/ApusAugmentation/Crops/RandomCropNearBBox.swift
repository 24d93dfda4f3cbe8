import ApusConfiguration
import ApusCore
import ApusVision

/// Keeps a box, each of its sides moved at random.
///
/// Albumentations takes the box from a key of its own beside the image; here it is one of the sample's, drawn.
public struct RandomCropNearBBox: FramingTransform {
    public static var standardProbability: Double { 1 }

    /// The largest move of the horizontal and of the vertical sides, in fractions of the box's height and width.
    public var heightShift = 0.0
    public var widthShift = 0.3
    public var key = "cropping_bbox"

    public init() {}

    public mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        var shifts = min(heightShift, widthShift)...max(heightShift, widthShift)
        try parameters.range("max_part_shift", &shifts, single: .upTo(0), in: 0...1)
        (heightShift, widthShift) = (shifts.lowerBound, shifts.upperBound)
        try parameters.text("cropping_bbox_key", &key)
    }

    public func draw(for sample: Sample, using stream: inout RandomStream) -> CropFrame? {
        guard !sample.boxes.isEmpty else { return nil }
        let box = sample.boxes[stream.index(below: sample.boxes.count)].box.clipped(to: sample.size)
        guard box.area > 0 else { return nil }
        func moved(_ edge: Float, _ extent: Float, _ shift: Double) -> Int {
            let most = Int((Double(extent) * shift).rounded(.toNearestOrEven))
            return Int(edge) + stream.integer(-most...most)
        }
        let left = moved(box.minX, box.width, widthShift)
        let right = moved(box.maxX, box.width, widthShift)
        let top = moved(box.minY, box.height, heightShift)
        let bottom = moved(box.maxY, box.height, heightShift)
        guard left < right, top < bottom else {
            return CropPlace.center(
                ImageSize(width: Int(box.width), height: Int(box.height)), of: sample.size)
        }
        return CropPlace.between((left, top), (right, bottom), of: sample.size)
    }
}
