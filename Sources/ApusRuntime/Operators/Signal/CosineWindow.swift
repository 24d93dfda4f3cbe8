import ApusCore
import ApusONNX
import Glibc

/// Weights that fade a piece of a signal in and out: a sum of cosines.
struct CosineWindow: Sendable {
    /// Of the constant, of one turn, of two turns.
    private let amplitudes: (Double, Double, Double)
    private let isPeriodic: Bool
    private let elementType: DataType

    init(_ node: Node, _ amplitudes: (Double, Double, Double)) throws(GraphError) {
        try node.requireInputs(1...1)
        self.amplitudes = amplitudes
        isPeriodic = try node.flag("periodic", default: true)
        elementType = try node.numberType("output_datatype")
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let count = try inputs.required(0).scalar(context)
        let window = try context.make([count], elementType)
        let turn = isPeriodic ? count : count - 1
        let weights = (0..<count).map { index in
            // A window of one element lets it pass.
            let angle = turn == 0 ? .pi : 2 * .pi * Double(index) / Double(turn)
            return amplitudes.0 + amplitudes.1 * cos(angle) + amplitudes.2 * cos(2 * angle)
        }
        try window.fill(numbers: weights)
        return [window]
    }
}

extension Node {
    /// The number type that an attribute names, `float32` where it says nothing.
    func numberType(_ name: String) throws(GraphError) -> DataType {
        let code = try int(name, default: ElementType(.float32).rawValue)
        guard let type = ElementType(rawValue: code)?.dataType, type != .bool else {
            throw .attributeValue(name, expected: "a number type", found: "\(code)", node: label)
        }
        return type
    }
}

extension Value {
    /// Fills a value of any number type; integers lose what follows the point.
    func fill(numbers: [Double]) throws(OperatorError) {
        if dataType.isFloatingPoint { return try fill(numbers) }
        try fill(numbers.map { Int64(exactly: $0.rounded(.towardZero)) ?? 0 })
    }
}
