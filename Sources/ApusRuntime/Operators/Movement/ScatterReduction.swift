import ApusCore
import ApusONNX

/// What becomes of an element that is already where another is put.
enum ScatterReduction: String, Sendable {
    case replace = "none"
    case add
    case multiply = "mul"
    case maximum = "max"
    case minimum = "min"

    init(_ node: Node) throws(GraphError) {
        let name = try node.string("reduction", default: "none")
        guard let reduction = Self(rawValue: name) else {
            throw .attributeValue(
                "reduction", expected: "none, add, mul, max or min", found: name, node: node.label)
        }
        self = reduction
    }
}

/// Puts blocks of `length` updates into `target`, each at its own place; both are row-major.
struct ScatterLoop: NumberVisitor {
    let reduction: ScatterReduction
    let updates, target: Value
    let places: [Int]
    let length: Int

    func visit<Element: Number>(_ type: Element.Type) throws(OperatorError) {
        switch reduction {
        case .replace: run(type) { $1 }
        case .add: run(type) { .sum($0, $1) }
        case .multiply: run(type) { .product($0, $1) }
        case .maximum: run(type) { .larger($0, $1) }
        case .minimum: run(type) { .smaller($0, $1) }
        }
    }

    /// Blocks replaced bytewise, whatever their elements are.
    func replace() {
        let bytes = length * target.dataType.size
        for (index, place) in places.enumerated() {
            (target.base + place * target.dataType.size).copyMemory(
                from: updates.base + index * bytes, byteCount: bytes)
        }
    }

    @inline(__always)
    private func run<Element: Number>(_ type: Element.Type, _ merge: (Element, Element) -> Element) {
        let source = updates.pointer(type), result = target.pointer(type)
        for (index, place) in places.enumerated() {
            for offset in 0..<length {
                result[place + offset] = merge(result[place + offset], source[index * length + offset])
            }
        }
    }
}

extension ExecutionContext {
    /// A copy of `x` with blocks of `length` elements of `updates` put at `places`.
    func scatter(
        _ updates: Value, into x: Value, at places: [Int], length: Int, _ reduction: ScatterReduction
    ) throws(OperatorError) -> Value {
        try updates.require(x.dataType)
        if x.dataType.isHalf, reduction != .replace {
            let wide = try scatter(
                try widened(updates), into: try widened(x), at: places, length: length, reduction)
            return try narrow(wide, to: x.dataType)
        }
        let result = try make(x.shape, x.dataType)
        copy(x, to: result)
        let loop = ScatterLoop(
            reduction: reduction, updates: try rowMajor(updates), target: result, places: places, length: length)
        if reduction == .replace { loop.replace() } else { try x.dataType.accept(loop) }
        return result
    }
}
