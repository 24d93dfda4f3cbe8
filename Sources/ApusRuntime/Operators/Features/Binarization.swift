import ApusCore
import ApusONNX

/// 1 where an element is above the threshold, 0 elsewhere.
/// <https://onnx.ai/onnx/operators/onnx_aionnxml_Binarizer.html>
struct Binarization: Operator {
    static let type = OperatorType("Binarizer", domain: machineLearningDomain)
    private let threshold: Double

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(1...1)
        threshold = Double(try node.float("threshold", default: 0))
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        if x.dataType.isFloatingPoint {
            return [
                try context.make(x.shape, x.dataType, doubles: try x.doubles(context).map { $0 > threshold ? 1 : 0 })
            ]
        }
        let flags = try x.integers(context).map { Int64(Double($0) > threshold ? 1 : 0) }
        return [try context.make(x.shape, x.dataType, integers: flags)]
    }
}
