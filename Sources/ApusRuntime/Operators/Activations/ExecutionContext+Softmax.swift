import ApusCore
import CApusKernels

extension ExecutionContext {
    /// Softmax over `axis`, or over all axes from it on.
    func softmax(_ value: Value, axis: Int, flattens: Bool, logarithm: Bool) throws(OperatorError) -> Value {
        try value.require(.float32)
        let axis = try value.shape.resolve(axis: axis)
        if value.isChannelsLast, value.isDense, axis == 1, !flattens {
            let result = try make(value.shape, like: value)
            let pixels = value.shape[0] * value.shape[2] * value.shape[3]
            apus_softmax(cpu, pool, value.floats, result.floats, pixels, value.shape[1], 1, logarithm)
            return result
        }
        let x = try rowMajor(value), y = try make(x.shape)
        let extents = x.shape.dimensions
        let outer = extents[..<axis].reduce(1, *), rest = extents[axis...].reduce(1, *)
        let count = flattens || rest == 0 || extents.isEmpty ? rest : extents[axis]
        apus_softmax(cpu, pool, x.floats, y.floats, outer, count, count == 0 ? 0 : rest / count, logarithm)
        return y
    }
}
