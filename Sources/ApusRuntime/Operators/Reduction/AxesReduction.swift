import ApusCore
import ApusONNX

/// An operator that reduces axes: named by an attribute, or, in newer opsets, by a second input.
protocol AxesReduction: Operator {
    static var reduction: Reduction { get }
    var axes: ReducedAxes { get }
}

extension AxesReduction {
    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        let x = try inputs.required(0)
        return [try context.reduce(x, try axes.resolve(inputs, context), Self.reduction, keeps: axes.keeps)]
    }
}

/// Which axes a reduction takes.
struct ReducedAxes: Sendable {
    let keeps: Bool
    private let attribute: [Int]?
    /// Whether no axes at all means none instead of all.
    private let emptyMeansNone: Bool

    init(_ node: Node) throws(GraphError) {
        try node.requireInputs(1...2)
        keeps = try node.flag("keepdims", default: true)
        attribute = try node.optionalInts("axes")
        emptyMeansNone = try node.flag("noop_with_empty_axes", default: false)
    }

    /// No axes where each element is to be reduced by itself.
    func resolve(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Int] {
        let given = try inputs.optional(1).map { axes throws(OperatorError) in try axes.indices(context) } ?? attribute
        if let given, !given.isEmpty { return given }
        return emptyMeansNone ? [] : Array(0..<(try inputs.required(0)).rank)
    }
}
