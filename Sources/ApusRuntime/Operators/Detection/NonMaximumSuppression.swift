import ApusCore
import ApusONNX

/// The best boxes of each class that do not overlap better ones by much.
/// <https://onnx.ai/onnx/operators/onnx__NonMaxSuppression.html>
///
/// - Inputs: boxes `[N, boxes, 4]`, scores `[N, classes, boxes]`, at most how many a class (0), and above which overlap
///   (0) and at which score (any) boxes go
/// - Output: `[selected, 3]`: image, class and box, the best of each class first
struct NonMaximumSuppression: Operator {
    static let type = OperatorType("NonMaxSuppression", since: 10)
    private let areCentered: Bool

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(2...5)
        areCentered = try node.flag("center_point_box", default: false)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let boxes = try context.rowMajor(try inputs.required(0, .float32))
        let scores = try context.rowMajor(try inputs.required(1, .float32))
        try expect(boxes.rank == 3 && boxes.shape[2] == 4, "boxes [N, boxes, 4]", found: "\(boxes.shape)")
        let count = boxes.shape[1]
        try expect(
            scores.rank == 3 && scores.shape[0] == boxes.shape[0] && scores.shape[2] == count && count < 1 << 32,
            "scores [\(boxes.shape[0]), classes, \(count)]", found: "\(scores.shape)")
        let most = try inputs.optional(2)?.indices(context).first ?? 0
        let overlap = try inputs.optional(3)?.doubles(context).first ?? 0
        try expect((0...1).contains(overlap), "an overlap from 0 to 1", found: "\(overlap)")
        let threshold = try inputs.optional(4)?.doubles(context).first
        let selection = BoxSelection(most: most, overlap: Float(overlap), threshold: threshold.map { Float($0) })
        let selected = select(boxes, scores, selection, context)
        let classes = scores.shape[1]
        let rows = selected.enumerated().flatMap { index, boxes in
            boxes.flatMap { [Int64(index / classes), Int64(index % classes), Int64($0)] }
        }
        return [try context.make([rows.count / 3, 3], .int64, integers: rows)]
    }

    /// The boxes kept, for each class of each image.
    private func select(
        _ boxes: Value, _ scores: Value, _ selection: BoxSelection, _ context: ExecutionContext
    ) -> [[Int]] {
        let count = boxes.shape[1], classes = scores.shape[1], jobs = scores.shape[0] * classes
        guard count > 0, jobs > 0, selection.most > 0 else { return [] }
        let corners = UnsafeBufferPointer(start: boxes.floats, count: boxes.count)
        let rectangles = (0..<boxes.shape[0] * count).map { Rectangle(corners, $0 * 4, isCentered: areCentered) }
        return [[Int]](unsafeUninitializedCapacity: jobs) { results, initialized in
            let start = results.baseAddress
            rectangles.withUnsafeBufferPointer { rectangles in
                context.forEach(below: jobs) { job in
                    let image = job / classes * count
                    let kept = selection(
                        UnsafeBufferPointer(rebasing: rectangles[image..<image + count]),
                        scores: UnsafeBufferPointer(start: scores.floats + job * count, count: count))
                    start.map { ($0 + job).initialize(to: kept) }
                }
            }
            initialized = jobs
        }
    }
}
