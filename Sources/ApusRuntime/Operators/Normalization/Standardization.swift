import ApusCore

/// Runs of elements shifted to mean 0 and scaled to variance 1, then scaled and shifted by learned numbers.
struct Standardization {
    let groups: Int
    /// The elements of a group.
    let count: Int
    let epsilon: Float
    /// The learned numbers, used in turn, each for this many elements.
    var scale: Value?
    var bias: Value?
    var elementsOfParameter = 1

    /// - Parameter x: `groups` runs of `count` elements, one after the other.
    func callAsFunction(
        _ x: Value, _ context: ExecutionContext
    ) throws(OperatorError) -> (result: Value, moments: [Moments]) {
        let y = try context.make(x.shape, x.dataType)
        guard x.count > 0 else { return (y, []) }
        let scale = try scale.map { value throws(OperatorError) in try context.rowMajor(value) }
        let bias = try bias.map { value throws(OperatorError) in try context.rowMajor(value) }
        let run = Run(job: self, x: x, y: y, scale: scale, bias: bias, context: context)
        return (y, try x.dataType.accept(real: run))
    }

    private struct Run: RealVisitor {
        let job: Standardization
        let x, y: Value
        let scale, bias: Value?
        let context: ExecutionContext

        func visit<Element: Real>(_ type: Element.Type) -> [Moments] {
            let size = max(1, 4096 / job.count)
            return [Moments](unsafeUninitializedCapacity: job.groups) { moments, initialized in
                let start = moments.baseAddress
                context.forEachRange(below: job.groups, of: size) { range in
                    for group in range {
                        let found = Moments(x.pointer(type) + group * job.count, count: job.count)
                        start.map { ($0 + group).initialize(to: found) }
                        fill(group, found, type)
                    }
                }
                initialized = job.groups
            }
        }

        private func fill<Element: Real>(_ group: Int, _ moments: Moments, _ type: Element.Type) {
            let inverse = moments.inverseDeviation(epsilon: job.epsilon), mean = Element(moments.mean)
            let source = x.pointer(type) + group * job.count, target = y.pointer(type) + group * job.count
            guard let scale else {
                for i in 0..<job.count { target[i] = (source[i] - mean) * Element(inverse) }
                return
            }
            let factors = scale.pointer(type), offsets = bias?.pointer(type)
            guard job.elementsOfParameter > 1 else {
                for i in 0..<job.count { target[i] = (source[i] - mean) * Element(inverse) * factors[i] }
                if let offsets { for i in 0..<job.count { target[i] += offsets[i] } }
                return
            }
            let parts = job.count / job.elementsOfParameter
            for part in 0..<parts {
                let index = (group * parts + part) % scale.count
                let factor = Element(inverse) * factors[index], offset = offsets?[index] ?? 0
                for i in part * job.elementsOfParameter..<(part + 1) * job.elementsOfParameter {
                    target[i] = (source[i] - mean) * factor + offset
                }
            }
        }
    }
}

/// Mean and variance of numbers.
struct Moments: Sendable {
    let mean: Double
    let variance: Double

    init<Element: Real>(_ x: UnsafePointer<Element>, count: Int) {
        let mean = Self.sum(x, count) { $0 } / Double(count)
        self.mean = mean
        variance = Self.sum(x, count) { ($0 - mean) * ($0 - mean) } / Double(count)
    }

    func inverseDeviation(epsilon: Float) -> Double { 1 / (variance + Double(epsilon)).squareRoot() }

    /// Four sums at a time: one would wait for its own last addition.
    @inline(__always)
    private static func sum<Element: Real>(
        _ x: UnsafePointer<Element>, _ count: Int, _ term: (Double) -> Double
    ) -> Double {
        var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
        var i = 0
        while i + 4 <= count {
            a += term(Double(x[i]))
            b += term(Double(x[i + 1]))
            c += term(Double(x[i + 2]))
            d += term(Double(x[i + 3]))
            i += 4
        }
        for rest in i..<count { a += term(Double(x[rest])) }
        return (a + b) + (c + d)
    }
}

extension Value {
    /// Refuses learned numbers that are not `count` of `type`.
    func requireParameters(_ count: Int, _ type: DataType) throws(OperatorError) {
        try require(type)
        try expect(self.count == count, "\(count) numbers", found: "\(shape)")
    }
}
