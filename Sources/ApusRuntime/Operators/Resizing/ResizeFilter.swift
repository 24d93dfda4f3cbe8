/// For each output place along an axis, the run of input elements that it is a weighted sum of.
struct ResizeFilter {
    private(set) var starts: [Int] = []
    /// Where each place's weights begin; one more than there are places.
    private(set) var bounds = [0]
    private(set) var weights: [Float] = []

    init(_ axis: ResizeAxis, _ method: ResizeMethod) {
        for place in 0..<axis.count {
            let x = max(-0x1p30, min(axis.source(of: place, method.coordinates), 0x1p30))
            append(around: x.isNaN ? 0 : x, axis, method)
            bounds.append(weights.count)
        }
    }

    private mutating func append(around x: Float, _ axis: ResizeAxis, _ method: ResizeMethod) {
        let isCubic = method.interpolation == .cubic
        let shrinkage = method.antialiases ? min(axis.scale, 1) : 1
        let support = (isCubic ? 2 : 1) / shrinkage
        let first = Int((x - support).rounded(.down)), last = Int((x + support).rounded(.up))
        let low = max(0, min(first, axis.extent - 1)), high = max(0, min(last, axis.extent - 1))
        let kernel = CubicKernel<Float>(a: method.cubicCoefficient)
        var run = [Float](repeating: 0, count: high - low + 1)
        for index in first...last {
            guard !method.excludesOutside || (0..<axis.extent).contains(index) else { continue }
            let distance = (Float(index) - x) * shrinkage
            let weight = isCubic ? kernel(distance) : max(0, 1 - distance.magnitude)
            run[max(0, min(index, axis.extent - 1)) - low] += weight
        }
        let sum = run.reduce(0, +)
        // The first and the last are often 0.
        let kept = run.trimmingZeros()
        starts.append(low + kept.lowerBound)
        weights += run[kept].map { $0 / sum }
    }
}

extension [Float] {
    /// The part between leading and trailing zeros; one element where all are 0.
    fileprivate func trimmingZeros() -> Range<Int> {
        guard let first = firstIndex(where: { $0 != 0 }), let last = lastIndex(where: { $0 != 0 }) else { return 0..<1 }
        return first..<last + 1
    }
}
