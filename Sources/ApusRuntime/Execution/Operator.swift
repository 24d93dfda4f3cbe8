import ApusCore
import ApusONNX

/// The name of an operator and the first opset that an implementation serves.
struct OperatorType: Hashable, Sendable {
    let name: String
    let domain: String
    let since: Int

    init(_ name: String, domain: String = "", since: Int = 1) {
        (self.name, self.domain, self.since) = (name, domain, since)
    }
}

/// Operators that passes make from several standard ones live in this domain.
let fusedDomain = "apus"

/// One operator of a graph, made once from its node and then run often, from several threads.
///
/// Attributes and what differs between opsets are settled in `init`; `prepare` sees the inputs that never change.
protocol Operator: Sendable {
    static var type: OperatorType { get }

    init(_ node: Node, opset: Int) throws(GraphError)

    /// Packs weights and the like. An input that is not constant is `nil`.
    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError)

    /// Inputs that `prepare` has taken over in a form of its own: their memory need not be kept.
    var absorbedInputs: Range<Int> { get }

    /// Whether the operator computes in `float32` where floats are concerned: 16-bit ones are then widened before and
    /// its results narrowed after. Families that only move elements never do (`OperatorRegistry.movingFamilies`).
    static var widensHalves: Bool { get }

    /// Whether running this is nothing but kernel calls (`ExecutionContext.call`) and views, which follow from the
    /// shapes of inputs, and not from their numbers: then the calls may be repeated on others.
    ///
    /// - Parameter constants: which inputs are constants. The others hold `float32` or 8-bit integers.
    func isReplayable(constants: [Bool]) -> Bool

    /// The outputs; `inputs` has a `nil` for each optional input left out.
    ///
    /// What takes or gives texts, sequences or optionals is a `GeneralOperator`.
    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value]
}

extension Operator {
    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {}

    var absorbedInputs: Range<Int> { 0..<0 }

    func isReplayable(constants: [Bool]) -> Bool { false }

    static var widensHalves: Bool { true }
}

extension [Bool] {
    /// Whether every input from `index` on is a constant.
    func areConstant(from index: Int) -> Bool { dropFirst(index).allSatisfy { $0 } }
}

extension [Value?] {
    /// The input at `index`, which the operator's `init` has counted.
    func required(_ index: Int) throws(OperatorError) -> Value {
        guard index < count, let value = self[index] else {
            throw .mismatch(expected: "an input \(index)", found: "none")
        }
        return value
    }

    func optional(_ index: Int) -> Value? { index < count ? self[index] : nil }

    /// The input at `index`, which must hold `type`.
    func required(_ index: Int, _ type: DataType) throws(OperatorError) -> Value {
        let value = try required(index)
        try value.require(type)
        return value
    }
}

extension Value {
    func require(_ type: DataType) throws(OperatorError) {
        try expect(dataType == type, "\(type) elements", found: "\(dataType)")
    }
}
