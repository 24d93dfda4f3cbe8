import ApusCore

/// Anything that a model computes with while it runs; most of it is tensors.
enum AnyValue: Sendable {
    case tensor(Value)
    case strings(Texts)
    case sequence([AnyValue])
    indirect case optional(AnyValue?)

    /// What messages call it.
    var kind: String {
        switch self {
        case .tensor(let value): "\(value.dataType) \(value.shape)"
        case .strings(let texts): "strings \(texts.shape)"
        case .sequence(let values): "a sequence of \(values.count)"
        case .optional(let value): value == nil ? "an empty optional" : "an optional"
        }
    }
}

/// Texts while a model runs; what they take counts against the run's memory as long as they live.
struct Texts: Sendable {
    let array: StringArray
    private let lease: MemoryLease?

    var shape: Shape { array.shape }
    var elements: [String] { array.elements }

    init(_ array: StringArray, lease: MemoryLease? = nil) { (self.array, self.lease) = (array, lease) }

    func reshaped(to shape: Shape) -> Texts { Texts(array.reshaped(to: shape), lease: lease) }
}

/// Bytes outside any storage that count against a run's memory until this object goes.
final class MemoryLease: Sendable {
    private let meter: MemoryMeter
    private let byteCount: Int

    init(_ byteCount: Int, _ meter: MemoryMeter) {
        (self.meter, self.byteCount) = (meter, byteCount)
        meter.charge(byteCount)
    }

    deinit { meter.release(byteCount) }
}

extension ExecutionContext {
    func make(_ shape: Shape, texts: [String]) throws(OperatorError) -> Texts {
        let byteCount = texts.reduce(0) { $0 + 16 + $1.utf8.count }
        return Texts(StringArray(texts, shape: shape), lease: try workspace.lease(byteCount))
    }
}

extension [AnyValue?] {
    /// The input at `index`, which the operator's `init` has counted.
    func required(_ index: Int) throws(OperatorError) -> AnyValue {
        guard index < count, let value = self[index] else {
            throw .mismatch(expected: "an input \(index)", found: "none")
        }
        return value
    }

    func optional(_ index: Int) -> AnyValue? { index < count ? self[index] : nil }

    func tensor(_ index: Int) throws(OperatorError) -> Value {
        let value = try required(index)
        guard case .tensor(let tensor) = value else { throw .mismatch(expected: "numbers", found: value.kind) }
        return tensor
    }

    /// The tensor at `index`, `nil` where it is left out.
    func optionalTensor(_ index: Int) throws(OperatorError) -> Value? {
        optional(index) == nil ? nil : try tensor(index)
    }

    func texts(_ index: Int) throws(OperatorError) -> Texts {
        let value = try required(index)
        guard case .strings(let texts) = value else { throw .mismatch(expected: "strings", found: value.kind) }
        return texts
    }

    func sequence(_ index: Int) throws(OperatorError) -> [AnyValue] {
        let value = try required(index)
        guard case .sequence(let values) = value else { throw .mismatch(expected: "a sequence", found: value.kind) }
        return values
    }
}
