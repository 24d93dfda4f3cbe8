import ApusConfiguration

/// One output of `[1, anchors, classes + 4 · bins]`: probabilities, then a distribution of each side's distance.
///
/// NanoDet-Plus; its distances are those of Li et al., *Generalized Focal Loss*, <https://arxiv.org/abs/2006.04388>.
public struct NanoDetFormat: OutputFormat, Validated, Hashable {
    public var format = FormatName.nanodet
    /// The output; left out, the first.
    public var output: String?
    public var strides = [8, 16, 32, 64]
    /// Distances are 0 to `bins` − 1 cells.
    public var bins = 8
    /// Where in its cell an anchor lies: 0 in NanoDet, 0.5 in PicoDet.
    public var offset: Float = 0
    public var activation = Activation.none

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [.strides(strides), .range("bins", bins, 1...256)].compactMap { $0 }
    }

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let matrix = try outputs.matrix(output, at: 0)
        let classCount = matrix.columns - 4 * bins
        let grid = Grid(
            width: context.placement.inputWidth, height: context.placement.inputHeight, strides: strides,
            limit: matrix.rows)
        guard let grid, grid.cells.count == matrix.rows, classCount > 0, classCount == context.classCount ?? classCount
        else {
            throw outputs.unfit(
                expected:
                    "cells of strides \(strides) by \(context.classCount.map { "\($0)" } ?? "classes") + 4·\(bins) "
                    + "numbers in “\(matrix.name)”", found: "\(matrix.shape)")
        }
        return .detections(context.detections(of: table(matrix, grid, classCount)))
    }

    private func table(_ matrix: Matrix, _ grid: Grid, _ classCount: Int) -> AnchorTable {
        var table = AnchorTable(classCount: classCount, anchorCount: matrix.rows)
        for (anchor, cell) in grid.cells.enumerated() {
            let row = matrix.values[(anchor * matrix.columns)..<((anchor + 1) * matrix.columns)]
            let sides = (0..<4).map { distance(row, start: row.startIndex + classCount + $0 * bins) * cell.stride }
            let (x, y) = ((cell.x + offset) * cell.stride, (cell.y + offset) * cell.stride)
            table.setBox(
                BoxForm.xyxy.box(x - sides[0], y - sides[1], x + sides[2], y + sides[3]), of: anchor)
            for (label, score) in activation(row.prefix(classCount)).enumerated() {
                table.setScore(score, of: anchor, label: label)
            }
        }
        return table
    }

    /// The mean of a distribution, in cells.
    private func distance(_ row: ArraySlice<Float>, start: Int) -> Float {
        Activation.softmax(row[start..<(start + bins)]).enumerated().reduce(0) { $0 + Float($1.offset) * $1.element }
    }
}
