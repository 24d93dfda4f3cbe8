import ApusCore

/// The shapes of a graph's values, as far as they follow from the file for one image.
///
/// A symbolic first extent counts as 1 (the batch). Declared shapes are taken first; operators that it does not know
/// leave their outputs unknown.
struct ShapeEstimate {
    private(set) var shapes: [String: [Int]] = [:]
    private var constants: [String: NDArray]
    private let nodes: [Node]

    init(_ graph: Graph) {
        constants = graph.initializers
        nodes = (try? graph.sortedNodes()) ?? []
        for info in graph.inputs + graph.outputs + graph.valueInfo { shapes[info.name] = Self.extents(of: info) }
        for (name, array) in graph.initializers { shapes[name] = array.shape.dimensions }
        for node in nodes { add(node) }
    }

    /// `nil` where the shape of a convolution or product is unknown, or the sum overflows.
    var floatingPointOperations: Int? {
        var total = 0
        for node in nodes where Self.counted.contains(node.operatorType) {
            guard let (sum, overflow) = operations(of: node).map({ total.addingReportingOverflow($0) }), !overflow
            else { return nil }
            total = sum
        }
        return total
    }

    private static let counted: Set = ["Conv", "ConvTranspose", "Gemm", "MatMul"]

    private static func extents(of info: ValueInfo) -> [Int]? {
        guard let shape = info.shape else { return nil }
        let extents = shape.enumerated().map { $0.offset == 0 ? $0.element.value ?? 1 : $0.element.value }
        return extents.contains(nil) ? nil : extents.compactMap { $0 }
    }

    private mutating func add(_ node: Node) {
        if let value = node.constantValue, let name = node.outputs.first {
            constants[name] = value
            shapes[name] = value.shape.dimensions
            return
        }
        guard let inferred = try? outputShapes(of: node) else { return }
        for (name, shape) in zip(node.outputs, inferred) where shapes[name] == nil { shapes[name] = shape }
    }

    func shape(_ node: Node, _ index: Int) -> [Int]? { node.input(index).flatMap { shapes[$0] } }

    /// The integers that an input holds, where it is constant.
    func integers(_ node: Node, _ index: Int) -> [Int]? {
        guard let array = node.input(index).flatMap({ constants[$0] }) else { return nil }
        switch array.dataType {
        case .int64: return array.elements(of: Int64.self).map(Int.init)
        case .int32: return array.elements(of: Int32.self).map(Int.init)
        default: return nil
        }
    }

    func floats(_ node: Node, _ index: Int) -> [Float]? {
        guard let array = node.input(index).flatMap({ constants[$0] }), array.dataType == .float32 else { return nil }
        return array.elements()
    }

    private func operations(of node: Node) -> Int? {
        guard let weight = shape(node, 1), let input = shape(node, 0),
            let output = node.outputs.first.flatMap({ shapes[$0] })
        else { return nil }
        switch node.operatorType {
        case "Conv": return product([2] + output + weight.dropFirst())
        case "ConvTranspose": return product([2] + input + weight.dropFirst())
        case "Gemm":
            let inner = ((try? node.flag("transA", default: false)) ?? false) ? input.first : input.last
            return product([2, inner ?? 0] + output)
        default: return product([2, input.last ?? 0] + output)
        }
    }
}

/// The product, or `nil` where it overflows or an extent is negative.
private func product(_ factors: [Int]) -> Int? { Shape(factors).checkedCount }
