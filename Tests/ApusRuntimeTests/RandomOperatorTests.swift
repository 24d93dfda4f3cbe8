import ApusCore
import ApusONNX
import Testing
@testable import ApusRuntime

/// Random numbers are the same in every run, and spread as they should.
@Suite struct RandomOperatorTests {
    private let shape: [String: Attribute] = ["shape": [200, 50]]

    private func statistics(_ array: NDArray) -> (mean: Double, deviation: Double) {
        let numbers = array.elements(of: Float.self).map(Double.init), count = Double(numbers.count)
        let mean = numbers.reduce(0, +) / count
        return (mean, (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count).squareRoot())
    }

    @Test(arguments: ["RandomNormal", "RandomUniform"])
    func `the seed alone decides`(name: String) throws {
        let seeded = shape.merging(["seed": .float(7)]) { $1 }
        #expect(try run(name, [], attributes: seeded) == run(name, [], attributes: seeded))
        #expect(try run(name, [], attributes: shape) == run(name, [], attributes: shape))
        #expect(try run(name, [], attributes: seeded) != run(name, [], attributes: shape))
    }

    @Test func `numbers are spread as asked`() throws {
        let normal = shape.merging(["mean": .float(3), "scale": .float(0.5)]) { $1 }
        let bell = statistics(try run("RandomNormal", [], attributes: normal)[0])
        #expect(abs(bell.mean - 3) < 0.02 && abs(bell.deviation - 0.5) < 0.02)
        let even = try run(
            "RandomUniform", [], attributes: shape.merging(["low": .float(-2), "high": .float(4)]) { $1 })
        let flat = statistics(even[0])
        #expect(abs(flat.mean - 1) < 0.1 && abs(flat.deviation - 6 / 12.0.squareRoot()) < 0.1)
        #expect(even[0].elements(of: Float.self).allSatisfy { (-2...4).contains($0) })
        #expect(try run("RandomUniformLike", [even[0]])[0].shape == [200, 50])
        #expect(try run("RandomNormalLike", [noise([3])], attributes: ["dtype": 11])[0].dataType == .float64)
    }

    @Test func `a coin falls as often as it should`() throws {
        let chances = NDArray([Float](repeating: 0.25, count: 10000))
        #expect(abs(statistics(try run("Bernoulli", [chances])[0]).mean - 0.25) < 0.02)
        #expect(try run("Bernoulli", [NDArray([0, 1, 0, 1] as [Float])])[0].elements() == [0, 1, 0, 1] as [Float])
        #expect(try run("Bernoulli", [chances], attributes: ["dtype": 9])[0].dataType == .bool)
    }

    @Test func `classes are drawn by their weights`() throws {
        let logits = NDArray([0, Float.zero, -.infinity, 1.0986123], shape: [1, 4])
        let draws = try run("Multinomial", [logits], attributes: ["sample_size": 10000])[0].elements(of: Int32.self)
        let counts = (0..<4).map { index in draws.count { $0 == index } }
        #expect(counts[2] == 0 && abs(counts[3] - 6000) < 200 && abs(counts[0] - 2000) < 200)
        #expect(throws: RuntimeError.self) { try run("Multinomial", [NDArray([Float.nan], shape: [1, 1])]) }
        #expect(throws: RuntimeError.self) { try run("Multinomial", [noise([0, 0])]) }
    }
}
