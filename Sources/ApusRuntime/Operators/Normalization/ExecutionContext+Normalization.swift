import ApusCore
import Glibc

extension ExecutionContext {
    /// Each of `groups` runs of `count` elements, shifted to mean 0 and scaled to variance 1.
    func standardize(
        _ x: Value, groups: Int, count: Int, epsilon: Float
    ) throws(OperatorError) -> (result: Value, means: [Double], inverseDeviations: [Double]) {
        let y = try make(x.shape)
        var means: [Double] = [], inverses: [Double] = []
        for group in 0..<groups {
            let source = x.floats + group * count, target = y.floats + group * count
            var sum = 0.0, squares = 0.0
            for i in 0..<count { sum += Double(source[i]) }
            let mean = sum / Double(count)
            for i in 0..<count { squares += (Double(source[i]) - mean) * (Double(source[i]) - mean) }
            let inverse = 1 / sqrt(squares / Double(count) + Double(epsilon))
            for i in 0..<count { target[i] = Float((Double(source[i]) - mean) * inverse) }
            means.append(mean)
            inverses.append(inverse)
        }
        return (y, means, inverses)
    }
}
