import ApusCore

/// How far an output may be from what is expected: `absolute + relative · |expected|`, element by element. What
/// `float32` rounds of the output's largest number is allowed beside: the expected zeros of a Fourier transform are
/// such remains.
struct CaseTolerance {
    let relative: Double
    let absolute: Double

    /// What ONNX's own runner allows its backends.
    static let onnx = CaseTolerance(relative: 1e-3, absolute: 1e-7)
    /// Types and shapes only: for outputs that are drawn at random.
    static let random = CaseTolerance(relative: .infinity, absolute: .infinity)

    /// What is wrong with `found`; `nil` where nothing is.
    func difference(of found: ModelValue, from expected: ModelValue) -> String? {
        switch (found, expected) {
        case (.tensor(let found), .tensor(let expected)): difference(of: found, from: expected)
        case (.sequence(let found), .sequence(let expected)) where found.count == expected.count:
            zip(found, expected).lazy.compactMap { difference(of: $0, from: $1) }.first
        case (.optional(let found?), .optional(let expected?)): difference(of: found, from: expected)
        default: found == expected ? nil : "\(found.kind), expected \(expected.kind) with other elements"
        }
    }

    /// What is wrong with `found`; `nil` where nothing is. Types, shapes and all that is no floating-point number
    /// must be equal; NaN equals NaN.
    func difference(of found: NDArray, from expected: NDArray) -> String? {
        guard found.dataType == expected.dataType else { return "\(found.dataType), expected \(expected.dataType)" }
        guard found.shape == expected.shape else { return "shape \(found.shape), expected \(expected.shape)" }
        guard let a = found.doubles, let b = expected.doubles else {
            return found == expected ? nil : "\(found.dataType) elements that differ"
        }
        let largest = b.reduce(0) { $1.isFinite ? max($0, $1.magnitude) : $0 }
        let rounding = largest * Double(Float.ulpOfOne)
        let wrong = a.indices.filter { !isClose(a[$0], b[$0], rounding) }
        guard let first = wrong.first else { return nil }
        return "\(wrong.count) of \(a.count) elements differ, first [\(first)]: \(a[first]), expected \(b[first])"
    }

    private func isClose(_ found: Double, _ expected: Double, _ rounding: Double) -> Bool {
        if found == expected || found.isNaN && expected.isNaN || absolute == .infinity { return true }
        return (found - expected).magnitude <= absolute + rounding + relative * expected.magnitude
    }
}

extension NDArray {
    /// The elements of a floating-point array, widened; `nil` for other types.
    var doubles: [Double]? {
        switch dataType {
        case .float32: elements(of: Float.self).map(Double.init)
        case .float64: elements(of: Double.self)
        case .float16: bits.map { Double(Float16(bitPattern: $0)) }
        case .bfloat16: bits.map { Double(Float(bitPattern: UInt32($0) << 16)) }
        default: nil
        }
    }

    private var bits: [UInt16] { withUnsafeBytes { Array($0.bindMemory(to: UInt16.self)) } }
}
