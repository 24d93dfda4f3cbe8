import ApusConfiguration
import ApusVision

/// Two outputs for one object in the input: for each point what speaks for every column, `[1, points, 2 · width]`, and
/// for every row, `[1, points, 2 · height]`.
///
/// Li et al., *SimCC: a Simple Coordinate Classification Perspective for Human Pose Estimation*,
/// <https://arxiv.org/abs/2107.03332>; RTMPose.
public struct SimCCFormat: OutputFormat, Validated, Hashable {
    public var format = FormatName.simcc
    /// The outputs; left out, `simcc_x` and `simcc_y`.
    public var x = "simcc_x"
    public var y = "simcc_y"
    /// Bins a pixel.
    public var bins: Float = 2
    /// `softmax`: a point scores the probability of the bins within `reach` of the best one; the numbers of `none`
    /// and `sigmoid` score themselves, as RTMPose's do. The lesser of both axes counts.
    public var activation = Activation.none
    /// In pixels.
    public var reach: Float = 6
    /// What numbers are multiplied by before `softmax`: 10 where they were trained as RTMPose's are.
    public var sharpness: Float = 1
    /// How much a person's box is enlarged before it is cut out.
    public var enlargement: Float = 1.25

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    /// How the networks that Apus trains are read: a point scores what its training says of the bins around it.
    static var trained: SimCCFormat {
        var format = SimCCFormat()
        (format.activation, format.sharpness) = (.softmax, 10)
        return format
    }

    public var cropEnlargement: Float? { enlargement }

    public func problems() -> [ConfigurationProblem] {
        [
            .range("bins", bins, 0.125...64), .range("reach", reach, 0...4096), .range("sharpness", sharpness, 1e-3...1000),
            .range("enlargement", enlargement, 0.1...10),
        ].compactMap { $0 }
    }

    /// One pose; its box is the input's.
    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let (columns, rows) = (try outputs.matrix(x, at: 0), try outputs.matrix(y, at: 1))
        let placement = context.placement
        let fits = { (matrix: Matrix, side: Float) in abs(Float(matrix.columns) - side * bins) < 1 }
        guard columns.rows == rows.rows, columns.rows > 0, columns.rows <= 4096,
            fits(columns, context.inputWidth), fits(rows, context.inputHeight)
        else {
            throw outputs.unfit(
                expected: "points by \(bins) · \(placement.inputWidth) and \(bins) · \(placement.inputHeight) bins",
                found: "\(columns.name) \(columns.shape) and \(rows.name) \(rows.shape)")
        }
        let points = (0..<columns.rows).map { point(columns, rows, $0, placement) }
        let whole = BoundingBox(
            minX: 0, minY: 0, maxX: Float(placement.imageWidth), maxY: Float(placement.imageHeight))
        return .poses([Pose(whole, label: 0, score: 1, points: points)])
    }

    private func point(_ columns: Matrix, _ rows: Matrix, _ index: Int, _ placement: Placement) -> PosePoint {
        let (x, y) = (peak(columns, index), peak(rows, index))
        let place = placement.toImage(x: x.place, y: y.place)
        return PosePoint(x: place.x, y: place.y, score: min(x.score, y.score))
    }

    /// Where one point lies along one axis of the input; NaN where nothing speaks for a place.
    private func peak(_ matrix: Matrix, _ point: Int) -> (place: Float, score: Float) {
        let row = matrix.values[(point * matrix.columns)..<((point + 1) * matrix.columns)]
        var best: (index: Int, value: Float)?
        for (index, value) in row.enumerated() where value > best?.value ?? -.infinity { best = (index, value) }
        guard let best, best.value.isFinite else { return (.nan, 0) }
        return (Float(best.index) / bins, score(row, best))
    }

    private func score(_ row: ArraySlice<Float>, _ best: (index: Int, value: Float)) -> Float {
        guard activation == .softmax else { return activation([best.value])[0] }
        let probabilities = Activation.softmax(row.map { $0 * sharpness }[...])
        let near = Int(reach * bins)
        let range = max(best.index - near, 0)...min(best.index + near, probabilities.count - 1)
        return min(probabilities[range].reduce(0, +), 1)
    }
}
