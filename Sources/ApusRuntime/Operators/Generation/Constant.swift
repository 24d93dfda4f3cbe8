import ApusCore
import ApusONNX

/// A value from the node's own attribute. <https://onnx.ai/onnx/operators/onnx__Constant.html>
struct Constant: Operator {
    static let type = OperatorType("Constant")
    let array: NDArray

    init(_ node: Node, opset: Int) throws(GraphError) {
        try node.requireInputs(0...0)
        if let tensor = try node.optionalTensor("value") {
            array = tensor
        } else if let number = try node.optionalFloat("value_float") {
            array = NDArray(scalar: number)
        } else if let number = try node.optionalInt("value_int") {
            array = NDArray(scalar: Int64(number))
        } else if let numbers = try node.optionalFloats("value_floats") {
            array = NDArray(numbers)
        } else if let numbers = try node.optionalInts("value_ints") {
            array = NDArray(numbers.map(Int64.init))
        } else {
            throw .missingAttribute("value", node: node.label)
        }
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        [Value(array)]
    }
}
