import ApusConfiguration
import ApusCore
import ApusVision

/// A class for each pixel: scores `[1, classes, height, width]`, one plane of logits `[1, 1, height, width]`, or whole
/// numbers `[1, height, width]`. torchvision's DeepLabV3, FCN and LR-ASPP, SegFormer, U-Nets.
public struct SemanticFormat: OutputFormat, Hashable {
    public var format = FormatName.semantic
    /// The output; left out, the first.
    public var output: String?
    /// One plane alone says class 1 above this, class 0 elsewhere.
    public var threshold: Float = 0

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let (name, array) = try outputs.array(output, at: 0)
        if let extents = Self.wholeExtents(array), let labels = array.floats {
            return .classMap(try whole(labels, extents, outputs, context))
        }
        guard let shape = Self.planes(array.shape.dimensions), let scores = array.asFloats,
            context.classCount.map({ shape[0] == $0 || shape[0] == 1 }) ?? true
        else {
            let expected = context.classCount.map { "\($0)" } ?? "1 to 256 classes"
            throw outputs.unfit(
                expected: "scores [1, \(expected), height, width] in “\(name)”",
                found: "\(array.dataType) \(array.shape)")
        }
        return .classMap(map(scores, shape, context.placement))
    }

    /// Height and width, where the numbers are classes themselves.
    private static func wholeExtents(_ array: NDArray) -> [Int]? {
        guard [.int64, .int32, .uint8, .int8].contains(array.dataType) else { return nil }
        let extents = Array(array.shape.dimensions.suffix(2))
        return extents.count == 2 && array.count > 0 && extents[0] * extents[1] == array.count ? extents : nil
    }

    /// Classes, height and width.
    private static func planes(_ extents: [Int]) -> [Int]? {
        let shape = extents.count == 4 && extents[0] == 1 ? Array(extents.dropFirst()) : extents
        guard shape.count == 3, shape.allSatisfy({ $0 > 0 }), shape[0] <= 256 else { return nil }
        return shape
    }

    private func map(_ scores: NDArray, _ shape: [Int], _ placement: Placement) -> IndexImage {
        let single = shape[0] == 1
        let planes =
            single
            ? NDArray(
                Array(repeating: threshold, count: scores.count) + scores.elements(of: Float.self),
                shape: [2, shape[1], shape[2]]) : scores
        return planes.withElements(of: Float.self) { values in
            ClassScores(planes: values, count: single ? 2 : shape[0], width: shape[2], height: shape[1])
                .labels(placement)
        }
    }

    /// The nearest cell's class.
    private func whole(
        _ labels: [Float], _ extents: [Int], _ outputs: ModelOutputs, _ context: DecodingContext
    ) throws(InferenceError) -> IndexImage {
        if let bad = labels.first(where: { !(0...255).contains($0) }) {
            throw outputs.unfit(expected: "classes from 0 to 255", found: "\(bad)")
        }
        let (placement, across, down) = (context.placement, Float(extents[1]), Float(extents[0]))
        let columns = Self.nearest(
            placement.imageWidth, placement.scaleX, placement.left, across / context.inputWidth, extents[1])
        let rows = Self.nearest(
            placement.imageHeight, placement.scaleY, placement.top, down / context.inputHeight, extents[0])
        let indices = rows.flatMap { row in columns.map { UInt8(labels[row * extents[1] + $0]) } }
        return IndexImage(width: placement.imageWidth, height: placement.imageHeight, indices: indices)
    }

    private static func nearest(_ pixels: Int, _ scale: Float, _ start: Int, _ cells: Float, _ count: Int) -> [Int] {
        (0..<pixels).map { pixel in
            let place = ((Float(pixel) + 0.5) * scale + Float(start)) * cells
            return Int(min(max(place, 0), Float(count - 1)))
        }
    }
}
