import ApusConfiguration
import Glibc

/// One output of `[1, anchors, 5 + classes]`: offsets in cells of a grid, logarithms of extents, objectness, scores.
///
/// Ge et al., *YOLOX: Exceeding YOLO Series in 2021*, <https://arxiv.org/abs/2107.08430>.
public struct YOLOXFormat: OutputFormat, Validated, Hashable {
    public var format = FormatName.yolox
    /// The output; left out, the first.
    public var output: String?
    public var strides = [8, 16, 32]

    public static var requiredKeys: Set<String> { ["format"] }

    public init() {}

    public func problems() -> [ConfigurationProblem] {
        [.strides(strides)].compactMap { $0 }
    }

    public func result(of outputs: ModelOutputs, _ context: DecodingContext) throws(InferenceError) -> Prediction.Result
    {
        let matrix = try outputs.matrix(output, at: 0)
        let classCount = matrix.columns - 5
        let grid = Grid(
            width: context.placement.inputWidth, height: context.placement.inputHeight, strides: strides,
            limit: matrix.rows)
        guard let grid, grid.cells.count == matrix.rows, classCount > 0, classCount == context.classCount ?? classCount
        else {
            throw outputs.unfit(
                expected: "cells of strides \(strides) by \(context.classCount.map { "\(5 + $0)" } ?? "5 + classes") "
                    + "numbers in “\(matrix.name)”", found: "\(matrix.shape)")
        }
        return .detections(context.detections(of: table(matrix, grid, classCount)))
    }

    private func table(_ matrix: Matrix, _ grid: Grid, _ classCount: Int) -> AnchorTable {
        var table = AnchorTable(classCount: classCount, anchorCount: matrix.rows)
        for (anchor, cell) in grid.cells.enumerated() {
            let box = CenteredBox(
                x: matrix[anchor, 0] + cell.x, y: matrix[anchor, 1] + cell.y, width: exp(matrix[anchor, 2]),
                height: exp(matrix[anchor, 3]))
            table.setBox(box.scaled(cell.stride, cell.stride), of: anchor)
            for label in 0..<classCount {
                table.setScore(matrix[anchor, 4] * matrix[anchor, 5 + label], of: anchor, label: label)
            }
        }
        return table
    }
}
