import ApusConfiguration
import ApusVision
import Glibc

/// Outputs `cls_8`, `obj_8`, `bbox_8`, `kps_8` and so for each stride: a face a cell with its landmarks.
///
/// Wu et al., *YuNet: A Tiny Millisecond-level Face Detector*, <https://doi.org/10.1007/s11633-023-1423-y>.
public struct YuNetFormat: OutputFormat, Validated, Hashable {
    public var format = FormatName.yunet
    public var strides = [8, 16, 32]
    /// What the outputs' names begin with; the stride follows.
    public var scores = "cls_"
    public var objectness = "obj_"
    public var boxes = "bbox_"
    /// Left out where there are no landmarks.
    public var landmarks: String? = "kps_"

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [.strides(strides)].compactMap { $0 }
    }

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        var candidates = [Detection]()
        for stride in strides { candidates += try level(stride, outputs, context) }
        return .detections(context.detections(of: candidates, suppresses: true))
    }

    private func level(
        _ stride: Int, _ outputs: ModelOutputs, _ context: DecodingContext
    ) throws(InferenceError) -> [Detection] {
        let classes = try outputs.numbers(scores + "\(stride)", at: 0)
        let objects = try outputs.numbers(objectness + "\(stride)", at: 0)
        let boxes = try outputs.matrix(boxes + "\(stride)", at: 0)
        let points = try landmarks.map { prefix throws(InferenceError) in
            try outputs.matrix(prefix + "\(stride)", at: 0)
        }
        let grid = Grid(
            width: context.placement.inputWidth, height: context.placement.inputHeight, strides: [stride],
            limit: classes.count)
        guard let grid, boxes.columns == 4, (points?.columns ?? 0) % 2 == 0,
            [classes.count, objects.count, boxes.rows, points?.rows ?? boxes.rows].allSatisfy({ $0 == grid.cells.count }
            )
        else {
            throw outputs.unfit(
                expected: "a score, an objectness, four numbers and landmarks for each cell of stride \(stride)",
                found: "\(classes.count) scores, \(objects.count) objectnesses, boxes \(boxes.shape)"
                    + (points.map { ", landmarks \($0.shape)" } ?? ""))
        }
        return grid.cells.enumerated().compactMap { index, cell in
            let score = (Self.limited(classes[index]) * Self.limited(objects[index])).squareRoot()
            guard score > context.thresholds.confidence else { return nil }
            return Detection(
                box(boxes, index, cell), label: 0, score: score,
                keypoints: points.map { keypoints($0, index, cell) })
        }
    }

    private static func limited(_ probability: Float) -> Float { min(max(probability, 0), 1) }

    private func box(_ boxes: Matrix, _ index: Int, _ cell: Grid.Cell) -> BoundingBox {
        BoundingBox(
            centerX: (cell.x + boxes[index, 0]) * cell.stride, centerY: (cell.y + boxes[index, 1]) * cell.stride,
            width: exp(boxes[index, 2]) * cell.stride, height: exp(boxes[index, 3]) * cell.stride)
    }

    private func keypoints(_ points: Matrix, _ index: Int, _ cell: Grid.Cell) -> Keypoints {
        Keypoints(
            (0..<points.columns / 2).map { point in
                Keypoint(
                    x: (cell.x + points[index, 2 * point]) * cell.stride,
                    y: (cell.y + points[index, 2 * point + 1]) * cell.stride)
            })
    }
}
