import ApusCore
import ApusONNX

/// An operator as programs call it: whatever its inputs are, it gets those that it can take.
///
/// 16-bit floats are widened for operators that compute in `float32`, and their results narrowed. Operators that only
/// move elements get numbers in place of texts.
struct Executor: Sendable {
    private(set) var run: any Operator
    private let general: (any GeneralOperator)?
    private let widens: Bool
    private let textOutputs: Range<Int>?
    /// Constant inputs of 16-bit floats, widened once.
    private var wideConstants: [Value?] = []

    init(_ run: any Operator) {
        self.run = run
        general = run as? any GeneralOperator
        widens = OperatorRegistry.widens(type(of: run))
        textOutputs = textMovers[type(of: run).type.name]
    }

    /// Inputs whose memory need not be kept after `prepare`.
    var absorbedInputs: Range<Int> { run.absorbedInputs }

    /// Whether the one result is an image that `ExecutionContext.makeImage` has made.
    var writesImageParts: Bool { run is any ImageWriter }
    /// Whether this puts the channels of images together.
    var joinsChannels: Bool {
        (run as? Concatenation)?.joinsChannels ?? (run as? FusedByteConcatenation)?.joinsChannels ?? false
    }
    /// Whether this takes the channels of an image apart.
    var splitsChannels: Bool { (run as? Splitting)?.splitsChannels ?? false }

    /// Whether the outputs are the same in every run on inputs of the same shapes.
    ///
    /// - Parameter inputs: for which inputs that holds.
    func isSettled(by inputs: [Bool]) -> Bool {
        if run is ShapeOf || run is ElementCount { return true }
        return inputs.areConstant(from: 0) && !(run is any BodiedOperator)
    }

    /// Whether a run on `inputs` can be recorded.
    ///
    /// - Parameter constants: which of them are the same in every run.
    func isReplayable(_ inputs: [AnyValue?], constants: [Bool]) -> Bool {
        let areImages = zip(inputs, constants).allSatisfy { input, isConstant in
            guard case .tensor(let value)? = input else { return input == nil || isConstant }
            return isConstant ? !value.dataType.isHalf : value.dataType == .float32 || value.dataType.isByte
        }
        return areImages && run.isReplayable(constants: constants)
    }

    mutating func prepare(_ constants: [NDArray?], _ context: ExecutionContext) throws(OperatorError) {
        guard widens, constants.contains(where: { $0?.dataType.isHalf ?? false }) else {
            return try run.prepare(constants, context)
        }
        wideConstants = []
        for array in constants {
            guard let array, array.dataType.isHalf else {
                wideConstants.append(nil)
                continue
            }
            wideConstants.append(try context.widen(Value(array)))
        }
        try run.prepare(zip(wideConstants, constants).map { wide, array in wide.map(NDArray.init) ?? array }, context)
        for index in wideConstants.indices where absorbedInputs.contains(index) { wideConstants[index] = nil }
    }

    func callAsFunction(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        if let general { return try general.run(inputs, context) }
        var tensors: [Value?] = []
        tensors.reserveCapacity(inputs.count)
        for input in inputs {
            switch input {
            case .tensor(let value): tensors.append(value)
            case nil: tensors.append(nil)
            default: return try runOnTexts(inputs, context)
            }
        }
        return try callAsFunction(tensors, context).map(AnyValue.tensor)
    }

    func callAsFunction(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        guard widens, inputs.contains(where: { $0?.dataType.isHalf ?? false }) else {
            return try run(inputs, context)
        }
        return try runWidened(inputs, context)
    }

    /// The first floating-point input decides what the results are.
    private func runWidened(_ inputs: [Value?], _ context: ExecutionContext) throws(OperatorError) -> [Value] {
        var wide = inputs
        for (index, input) in inputs.enumerated() {
            guard let input, input.dataType.isHalf else { continue }
            let constant = index < wideConstants.count ? wideConstants[index] : nil
            wide[index] = try constant.or(try context.widen(input))
        }
        var results = try run(wide, context)
        guard let type = inputs.lazy.compactMap({ $0?.dataType }).first(where: \.isFloatingPoint), type.isHalf else {
            return results
        }
        for index in results.indices where results[index].dataType == .float32 {
            results[index] = try context.narrow(results[index], to: type)
        }
        return results
    }

    private func runOnTexts(_ inputs: [AnyValue?], _ context: ExecutionContext) throws(OperatorError) -> [AnyValue] {
        guard let textOutputs else {
            let odd = inputs.compactMap { $0 }.first { if case .tensor = $0 { false } else { true } }
            throw .mismatch(expected: "numbers", found: odd?.kind ?? "none")
        }
        let ranks = try TextRanks(inputs)
        return try ranks.texts(of: try run(try ranks.tensors(of: inputs, context), context), textOutputs, context)
    }
}
