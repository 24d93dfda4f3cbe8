import ApusCore
import ApusTorch
import Testing

/// Convolutions and their gradients beside LibTorch's own in double precision, which is the specification.
@Suite struct ConvolutionTests {
    struct Case: CustomTestStringConvertible {
        var inputs, outputs, kernel, stride, padding: Int
        var extents: [Int]
        var hasBias = false

        var testDescription: String {
            "\(inputs) to \(outputs), kernel \(kernel), stride \(stride), padding \(padding), maps \(extents)"
        }
    }

    /// Shapes that divide evenly and shapes that do not, drawn from one seed.
    static let drawn: [Case] = {
        var stream = RandomStream(seed: 11)
        func draw(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &stream) }
        return (0..<24).map { index in
            let kernel = [1, 3, 1, 5, 2, 3][index % 6]
            return Case(
                inputs: draw(1...70), outputs: draw(1...70), kernel: kernel, stride: draw(1...3), padding: draw(0...2),
                extents: [draw(1...4), draw(kernel...21), draw(kernel...21)], hasBias: index % 2 == 0)
        }
    }()
    static let chosen = [
        Case(inputs: 16, outputs: 32, kernel: 3, stride: 2, padding: 1, extents: [2, 40, 38]),
        Case(inputs: 48, outputs: 32, kernel: 1, stride: 1, padding: 0, extents: [2, 40, 40]),
        Case(inputs: 80, outputs: 7, kernel: 1, stride: 1, padding: 0, extents: [1, 1, 1], hasBias: true),
        Case(inputs: 64, outputs: 64, kernel: 3, stride: 1, padding: 1, extents: [5, 1, 1]),
        Case(inputs: 3, outputs: 8, kernel: 7, stride: 2, padding: 3, extents: [2, 19, 23]),
        Case(inputs: 256, outputs: 130, kernel: 1, stride: 2, padding: 0, extents: [3, 9, 11]),
    ]

    struct Run {
        var output: Tensor
        var gradients: [Tensor]
    }

    func leaf(_ shape: Shape, seed: UInt64, _ type: DataType) -> Tensor {
        randomTensor(shape, seed: seed).channelsLast().to(type).detached().requiringGradient()
    }

    func run(_ type: DataType, _ c: Case, incoming: (Tensor) -> Tensor = { $0 }) throws -> Run {
        let x = leaf([c.extents[0], c.inputs, c.extents[1], c.extents[2]], seed: 1, type)
        let weight = leaf([c.outputs, c.inputs, c.kernel, c.kernel], seed: 2, type)
        let bias = c.hasBias ? randomTensor([c.outputs], seed: 3).to(type).detached().requiringGradient() : nil
        let output = x.conv2D(weight, bias: bias, stride: c.stride, padding: c.padding)
        let seen = incoming(output)
        let factors = randomTensor(seen.shape, seed: 4).to(type)
        try (seen * (seen.shape.rank == 4 ? factors.channelsLast() : factors)).sum().backward()
        return Run(output: output, gradients: [x.gradient!, weight.gradient!] + (bias.map { [$0.gradient!] } ?? []))
    }

    @Test(arguments: drawn + chosen) func `gradients agree with double precision`(c: Case) throws {
        let (found, expected) = try (run(.float32, c), run(.float64, c))
        #expect(deviation(found.output, from: expected.output) < 1e-5)
        for (a, b) in zip(found.gradients, expected.gradients) { #expect(deviation(a, from: b) < 1e-5) }
    }

    @Test(arguments: [1, 3]) func `gradients that are ranges, sums or transposed agree too`(kernel: Int) throws {
        let c = Case(inputs: 32, outputs: 24, kernel: kernel, stride: 1, padding: 1, extents: [2, 9, 7], hasBias: true)
        let views: [(Tensor) -> Tensor] = [
            { $0.slice(1, 3..<20) }, { $0.slice(3, 1..<5) }, { $0.permuted([0, 3, 1, 2]) }, { $0.sum() },
            { Tensor.concatenate([$0.slice(0, 0..<1), $0.slice(0, 1..<2) * 2], axis: 1) },
        ]
        for view in views {
            let (found, expected) = try (run(.float32, c, incoming: view), run(.float64, c, incoming: view))
            for (a, b) in zip(found.gradients, expected.gradients) { #expect(deviation(a, from: b) < 1e-5) }
        }
    }

    @Test func `a range of a wider map learns as a map of its own`() throws {
        func gradients(_ type: DataType) throws -> [Tensor] {
            let (x, weight) = (leaf([2, 80, 9, 7], seed: 5, type), leaf([20, 32, 3, 3], seed: 6, type))
            let output = x.slice(1, 16..<48).conv2D(weight, padding: 1)
            try (output * output).sum().backward()
            return [x.gradient!, weight.gradient!]
        }
        for (a, b) in try zip(gradients(.float32), gradients(.float64)) { #expect(deviation(a, from: b) < 1e-5) }
    }

    /// Sums in another order tell that it was not LibTorch that added them.
    @Test(.enabled(if: Torch.cpuCapability.contains("AVX")), arguments: chosen.prefix(2))
    func `a weight's gradient comes from own kernels`(c: Case) throws {
        let (own, theirs) = (try run(.float32, c), try Torch.withoutFusedFunctions { try run(.float32, c) })
        let (a, b): ([Float], [Float]) = (own.gradients[1].elements(), theirs.gradients[1].elements())
        #expect(a != b)
    }

    @Test func `every run gives the same bytes`() throws {
        let runs = try (0..<3).map { _ -> [[Float]] in try run(.float32, Self.chosen[0]).gradients.map { $0.elements() }
        }
        #expect(runs[0] == runs[1] && runs[1] == runs[2])
    }

    @Test func `what is frozen gets no gradient`() throws {
        let x = leaf([1, 16, 4, 4], seed: 7, .float32), weight = randomTensor([8, 16, 3, 3], seed: 8).channelsLast()
        try x.conv2D(weight).sum().backward()
        #expect(x.gradient != nil && weight.gradient == nil)
        let (image, learning) = (
            randomTensor([1, 16, 4, 4], seed: 7).channelsLast(), weight.clone().requiringGradient()
        )
        try image.conv2D(learning).sum().backward()
        #expect(image.gradient == nil && learning.gradient != nil)
    }

    @Test func `what is not a number reaches the gradient of its input only`() throws {
        let x = randomTensor([1, 48, 5, 5], seed: 9).channelsLast()
        let broken = Tensor.concatenate(
            [x.slice(1, 0..<20), x.slice(1, 20..<21) * Double.nan, x.slice(1, 21..<48)], axis: 1)
        let weight = leaf([8, 48, 3, 3], seed: 10, .float32)
        try (broken.conv2D(weight, padding: 1)).sum().backward()
        let values: [Float] = weight.gradient!.elements()
        for (index, value) in values.enumerated() { #expect(value.isNaN == (index / 9 % 48 == 20)) }
    }
}
