import ApusCore
import ApusVision
import Glibc
import Testing

@testable import ApusAugmentation

/// Random fields have the distributions that their transforms name.
@Suite struct NoiseTests {
    static let count = 1 << 18

    private func moments(_ numbers: [Float]) -> (mean: Double, deviation: Double, fourth: Double) {
        let mean = numbers.reduce(0.0) { $0 + Double($1) } / Double(numbers.count)
        func moment(_ power: Int) -> Double {
            let sum = numbers.reduce(0.0) { sum, x in
                sum + (0..<power).reduce(1.0) { product, _ in product * (Double(x) - mean) }
            }
            return sum / Double(numbers.count)
        }
        let variance = moment(2)
        return (mean, variance.squareRoot(), moment(4) / (variance * variance))
    }

    @Test(arguments: [UInt64(1), 77, .max])
    func `normal fields have a normal one's moments and tails`(seed: UInt64) {
        let field = NoiseField(distribution: .normal(mean: 2, deviation: 3), seed: seed).numbers(Self.count, scale: 1)
        let (mean, deviation, fourth) = moments(field)
        #expect(abs(mean - 2) < 0.03 && abs(deviation - 3) < 0.02 && abs(fourth - 3) < 0.06)
        let beyond = Double(field.count { abs($0 - 2) > 6 }) / Double(Self.count)
        #expect(abs(beyond - 0.0455) < 0.002)
    }

    @Test func `uniform and Laplacian fields have theirs`() {
        let uniform = NoiseField(distribution: .uniform(low: -1, high: 3), seed: 5).numbers(Self.count, scale: 1)
        #expect(uniform.allSatisfy { (-1...3).contains($0) })
        let even = moments(uniform)
        #expect(abs(even.mean - 1) < 0.01 && abs(even.deviation - 4 / 12.0.squareRoot()) < 0.01)
        let laplace = moments(
            NoiseField(distribution: .laplace(mean: 0, scale: 2), seed: 5).numbers(Self.count, scale: 1))
        #expect(abs(laplace.mean) < 0.03 && abs(laplace.deviation - 8.0.squareRoot()) < 0.04)
        #expect(abs(laplace.fourth - 6) < 0.4)
    }

    @Test func `beta fields have theirs`() {
        let field = NoiseField(distribution: .beta(alpha: 0.5, beta: 1.5, scale: 1), seed: 3).numbers(50_000, scale: 1)
        let (mean, deviation, _) = moments(field)
        // Of 2x - 1: the mean of x is 1/4, its variance 1/16.
        #expect(abs(mean + 0.5) < 0.01 && abs(deviation - 0.5) < 0.01)
    }

    @Test func `neighbours in a field do not depend on each other`() {
        let field = NoiseField(distribution: .normal(mean: 0, deviation: 1), seed: 9).numbers(Self.count, scale: 1)
        for distance in [1, 2, 3, 512] {
            let pairs = zip(field, field.dropFirst(distance))
            let correlation = pairs.reduce(0.0) { $0 + Double($1.0 * $1.1) } / Double(Self.count)
            #expect(abs(correlation) < 0.01)
        }
    }

    @Test func `salt and pepper are exactly as many pixels as drawn`() {
        for share in [0.0, 0.05, 0.4, 0.9, 1] {
            let size = ImageSize(width: 40, height: 30)
            var image = Raster(size: size, channels: 3, uint8: [UInt8](repeating: 100, count: 3600))
            let salt = Int(1200 * share) / 3
            let pepper = Int(1200 * share) - salt
            SaltAndPepper().apply(SaltAndPepper.Draw(salt: salt, pepper: pepper, seed: 4), to: &image)
            let counts = image.histograms()[..<256]
            #expect(counts[255] == salt && counts[0] == pepper && counts[100] == 1200 - salt - pepper)
        }
    }

    @Test(arguments: [0.1, 0.3, 0.005])
    func `counted photons have the mean and the variance of their number`(scale: Double) {
        for isFloat in [false, true] {
            let size = ImageSize(width: 400, height: 250)
            var image = Raster(size: size, channels: 1, uint8: [UInt8](repeating: 160, count: 100_000))
            if isFloat { image = image.inFloats(scale: 1 / 255) }
            ShotNoise().apply(ShotNoise.Draw(scale: scale, seed: 8), to: &image)
            let unit = image.inFloats(scale: 1 / 255).elements
            let light = unit.map { $0 >= 1 ? 1 : Float(powLight(Double($0))) }
            let expected = powLight(160.0 / 255)
            let (mean, deviation, _) = moments(light)
            #expect(abs(mean - expected) < 0.02, "at most 1 is kept")
            #expect(abs(deviation - (expected * scale).squareRoot()) < 0.03)
        }
    }

    private func powLight(_ value: Double) -> Double { Glibc.pow(value, 2.2) }

    @Test func `a field is a function of its seed`() {
        func numbers(_ seed: UInt64) -> [Float] {
            NoiseField(distribution: .normal(mean: 0, deviation: 1), seed: seed).numbers(100, scale: 1)
        }
        #expect(numbers(1) == numbers(1) && numbers(1) != numbers(2))
    }
}
