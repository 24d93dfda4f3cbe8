import ApusCore
import ApusONNX

/// The loss of one labeled class a place, and how the places are summed up: what both likelihood losses have in common.
struct ClassLoss: Sendable {
    enum Reduction: String, Sendable { case none, sum, mean }

    let reduction: Reduction
    /// Places with this label count for nothing.
    let ignoredLabel: Int?

    init(_ node: Node) throws(GraphError) {
        let name = try node.string("reduction", default: "mean")
        guard let reduction = Reduction(rawValue: name) else {
            throw .attributeValue("reduction", expected: "none, sum or mean", found: name, node: node.label)
        }
        self.reduction = reduction
        ignoredLabel = try node.optionalInt("ignore_index")
    }

    /// The loss for log-probabilities `[N, C, D1, …]`.
    ///
    /// - Parameters:
    ///   - labels: `[N, D1, …]`, below `C` or the ignored label.
    ///   - weights: `[C]`; what each class counts.
    /// - Returns: `[N, D1, …]`, or a scalar.
    func callAsFunction(
        _ logarithms: Value, labels: Value, weights: Value?, _ context: ExecutionContext
    ) throws(OperatorError) -> Value {
        let x = try context.rowMajor(logarithms)
        try x.requireReal()
        try expect(x.rank >= 2, "at least 2 dimensions [N, C, …]", found: "\(x.shape)")
        let shape = Shape([x.shape[0]] + x.shape.dimensions[2...])
        try expect(labels.shape == shape, "labels of shape \(shape)", found: "\(labels.shape)")
        let places = try self.places(labels, classes: x.shape[1], context)
        if let weights {
            try weights.require(x.dataType)
            try expect(weights.shape == [x.shape[1]], "\(x.shape[1]) weights", found: "\(weights.shape)")
        }
        let y = try context.make(reduction == .none ? shape : [], x.dataType)
        let run = Run(
            x: x, places: places, weights: try weights?.doubles(context), reduction: reduction, y: y)
        try x.dataType.accept(real: run)
        return y
    }

    /// The class at each place, `nil` where it is ignored.
    private func places(_ labels: Value, classes: Int, _ context: ExecutionContext) throws(OperatorError) -> [Int?] {
        var places: [Int?] = []
        for label in try labels.indices(context) {
            guard label != ignoredLabel else {
                places.append(nil)
                continue
            }
            try expect(label >= 0 && label < classes, "labels below \(classes)", found: "\(label)")
            places.append(label)
        }
        return places
    }
}

private struct Run: RealVisitor {
    let x: Value
    let places: [Int?]
    let weights: [Double]?
    let reduction: ClassLoss.Reduction
    let y: Value

    func visit<Element: Real>(_ type: Element.Type) {
        let logarithms = x.pointer(type), losses = y.pointer(type)
        let classes = x.shape[1], pixels = places.count / max(1, x.shape[0])
        var sum = 0.0, weightSum = 0.0
        for (index, place) in places.enumerated() {
            var loss = 0.0
            if let place {
                let weight = weights?[place] ?? 1
                let position = (index / pixels * classes + place) * pixels + index % pixels
                loss = -Double(logarithms[position]) * weight
                weightSum += weight
            }
            if reduction == .none { losses[index] = Element(loss) }
            sum += loss
        }
        if reduction == .sum { losses[0] = Element(sum) }
        if reduction == .mean { losses[0] = Element(sum / weightSum) }
    }
}
