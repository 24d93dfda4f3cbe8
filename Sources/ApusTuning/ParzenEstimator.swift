import Glibc

/// A density over 0…1: Gaussians around what was observed and a wide one in the middle, all alike in weight and cut
/// off at the ends. Bergstra et al., *Algorithms for Hyper-Parameter Optimization*, NeurIPS 2011, section 4.2.
struct ParzenEstimator {
    private struct Component {
        var mean, deviation: Double

        /// The part of the uncut Gaussian below `place`.
        func share(below place: Double) -> Double { 0.5 * (1 + erf((place - mean) / (deviation * 2.0.squareRoot()))) }

        var inside: Double { share(below: 1) - share(below: 0) }

        func density(at place: Double) -> Double {
            let distance = (place - mean) / deviation
            return exp(-0.5 * distance * distance) / (deviation * (2 * Double.pi).squareRoot() * inside)
        }
    }

    private let components: [Component]

    init(_ points: [Double]) {
        let prior = Component(mean: 0.5, deviation: 1)
        let means = (points + [prior.mean]).sorted()
        let narrowest = 1 / min(100, Double(means.count))
        let own = points.map { point -> Component in
            let gap = Self.gap(around: point, in: means)
            return Component(mean: point, deviation: min(max(gap, narrowest), 1))
        }
        components = own + [prior]
    }

    /// The larger of the distances to the neighbours.
    private static func gap(around point: Double, in means: [Double]) -> Double {
        guard let index = means.firstIndex(of: point) else { return 1 }
        let left = index > 0 ? point - means[index - 1] : 0
        let right = index + 1 < means.count ? means[index + 1] - point : 0
        return max(left, right)
    }

    /// The mass of a cell, or the density where it is a point.
    func weight(of cell: ClosedRange<Double>) -> Double {
        let sum = components.reduce(0.0) { sum, component in
            guard cell.upperBound > cell.lowerBound else { return sum + component.density(at: cell.lowerBound) }
            let mass = component.share(below: cell.upperBound) - component.share(below: cell.lowerBound)
            return sum + mass / component.inside
        }
        return sum / Double(components.count)
    }

    func draw(using generator: inout some RandomNumberGenerator) -> Double {
        let component = components[Int.random(in: components.indices, using: &generator)]
        // At least a third of a component lies inside, so that this ends soon.
        for _ in 0..<100 {
            let place = component.mean + component.deviation * generator.gaussian()
            if (0...1).contains(place) { return place }
        }
        return component.mean
    }
}

extension RandomNumberGenerator {
    /// Box and Muller's method.
    fileprivate mutating func gaussian() -> Double {
        let (first, second) = (1 - unit(), unit())
        return (-2 * log(first)).squareRoot() * cos(2 * Double.pi * second)
    }
}
