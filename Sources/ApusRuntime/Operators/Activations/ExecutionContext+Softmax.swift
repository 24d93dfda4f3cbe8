import ApusCore
import CApusKernels
import Glibc

extension ExecutionContext {
    /// Softmax over `axis`, or over all axes from it on.
    func softmax(_ value: Value, axis: Int, flattens: Bool, logarithm: Bool) throws(OperatorError) -> Value {
        if value.dataType == .float64 {
            return try softmaxOfDoubles(value, axis: axis, flattens: flattens, logarithm: logarithm)
        }
        try value.require(.float32)
        if value.isChannelsLast, value.isDense, try value.shape.resolve(axis: axis) == 1, !flattens {
            let result = try make(value.shape, like: value)
            let pixels = value.shape[0] * value.shape[2] * value.shape[3], channels = value.shape[1]
            call([value.base, result.base]) { [cpu] operands, pool in
                apus_softmax(cpu, pool, operands.floats(0), operands.floats(1), pixels, channels, 1, logarithm)
            }
            return result
        }
        let x = try rowMajor(value), y = try make(x.shape)
        let lines = try Lines(x.shape, axis: axis, flattens: flattens)
        call([x.base, y.base]) { [cpu] operands, pool in
            apus_softmax(
                cpu, pool, operands.floats(0), operands.floats(1), lines.outer, lines.count, lines.inner, logarithm)
        }
        return y
    }

    /// `x − log Σ exp(x)` along each line, and its exponential where no logarithm is asked for.
    private func softmaxOfDoubles(
        _ value: Value, axis: Int, flattens: Bool, logarithm: Bool
    ) throws(OperatorError) -> Value {
        let x = try rowMajor(value), result = try make(x.shape, .float64)
        let lines = try Lines(x.shape, axis: axis, flattens: flattens)
        let source = x.pointer(Double.self), target = result.pointer(Double.self)
        var line = [Double](repeating: 0, count: lines.count)
        for index in 0..<lines.lineCount {
            let start = lines.start(of: index)
            for step in 0..<lines.count { line[step] = source[start + step * lines.inner] }
            let whole = line.withUnsafeBufferPointer { Reduction.logOfSumOfExponentials($0) }
            for step in 0..<lines.count {
                let log = line[step] - whole
                target[start + step * lines.inner] = logarithm ? log : exp(log)
            }
        }
        return result
    }
}
