import ApusCore
import ApusONNX

/// The columns that the second input names. <https://onnx.ai/onnx/operators/onnx_aionnxml_ArrayFeatureExtractor.html>
struct FeatureSelection: Operator {
    static let type = OperatorType("ArrayFeatureExtractor", domain: machineLearningDomain)

    init(_ node: Node, opset: Int) throws(GraphError) { try node.requireInputs(2...2) }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try context.rowMajor(try inputs.required(0)), columns = try inputs.required(1).indices(context)
        try expect(
            x.rank > 0 && !columns.isEmpty, "columns to choose from", found: "\(x.shape), \(columns.count) columns")
        let width = x.shape[-1], size = x.dataType.size
        try expect(
            columns.allSatisfy { (0..<width).contains($0) }, "columns below \(width)", found: "\(columns.prefix(8))")
        let leading = x.rank == 1 ? [1] : Array(x.shape.dimensions.dropLast())
        let result = try context.make(Shape(leading + [columns.count]), x.dataType)
        for row in 0..<(width == 0 ? 0 : x.count / width) {
            for (index, column) in columns.enumerated() {
                (result.base + (row * columns.count + index) * size).copyMemory(
                    from: x.base + (row * width + column) * size, byteCount: size)
            }
        }
        return [result]
    }
}
