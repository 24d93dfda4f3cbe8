import ApusCore
import ApusTorch
import Glibc
import Testing

@Suite struct TensorTests {
    @Test func `elements survive the way through a tensor`() {
        let array = NDArray((0..<24).map(Float.init), shape: [2, 3, 4])
        #expect(Tensor(array).array() == array)
        #expect(Tensor(array).permuted([2, 0, 1]).permuted([1, 2, 0]).array() == array)
    }
}

func unlinkFile(_ path: String) { unlink(path) }

@Suite struct TensorOperationTests {
    @Test func `pixels become fractions with channels side by side`() {
        let pixels: [UInt8] = [0, 51, 102, 255, 204, 153]
        let tensor = pixels.withUnsafeBytes { Tensor(pixels: $0, count: 1, height: 1, width: 2) }
        #expect(tensor.shape == [1, 3, 1, 2])
        #expect(tensor.isChannelsLast)
        #expect(tensor.elements() == [0, 255, 51, 204, 102, 153].map { Float($0) / 255 })
    }

    @Test func `gradients reach the leaves and nothing else`() throws {
        let (x, y) = (Tensor([Float(3)]).requiringGradient(), Tensor([Float(2)]))
        try (x * x * y + 1).sum().backward()
        #expect(x.gradient?.elements() == [Float(12)])
        #expect(y.gradient == nil)
        x.clearGradient()
        #expect(x.gradient == nil)
        let z = withoutGradients { x * 2 }
        #expect(!z.requiresGradient)
        #expect(throws: TorchError.self) { try z.sum().backward() }
    }

    @Test(arguments: [0, 3, 4], [DataType.float32, .float64])
    func `a fork and a join give the gradients of slices and sums`(start: Int, type: DataType) throws {
        let weights = randomTensor([2, 8 + 5, 3, 7], seed: 2).channelsLast().to(type)
        let map = randomTensor([2, 8, 3, 7], seed: 1).to(type).channelsLast()
        let other = randomTensor([2, 5, 3, 7], seed: 3).to(type).channelsLast()
        func gradients(_ parts: (Tensor) -> (Tensor, Tensor, Tensor)) throws -> [[Double]] {
            let (x, y) = (map.detached().requiringGradient(), other.detached().requiringGradient())
            let (whole, shortcut, tail) = parts(x)
            let sum = (Tensor.concatenate([whole, y], axis: 1) * weights).sum()
            try (sum + (shortcut * 3).sum() + (tail * tail).sum()).backward()
            return [x, y].map { $0.gradient!.to(.float64).elements() }
        }
        let found = try gradients { x in
            let fork = x.forked(from: start)
            return (fork.whole, fork.shortcut, fork.tail)
        }
        let expected = try gradients { x in (x, x.slice(1, start..<8), x.slice(1, start..<8)) }
        for (a, b) in zip(found, expected) {
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
        }
    }

    @Test func `a fork whose parts are not all used has the gradient of those that are`() throws {
        let x = randomTensor([1, 6, 2, 2], seed: 1).channelsLast().requiringGradient()
        try (x.forked(from: 4).tail * 2).sum().backward()
        #expect(x.gradient!.slice(1, 0..<4).elements() == [Float](repeating: 0, count: 16))
        #expect(x.gradient!.slice(1, 4..<6).elements() == [Float](repeating: 2, count: 8))
    }

    @Test func `pieces of a split join to the whole`() {
        let x = randomTensor([2, 6, 3, 3], seed: 1).channelsLast()
        let pieces = x.split([1, 2, 3], axis: 1)
        #expect(pieces.map { $0.size(1) } == [1, 2, 3])
        #expect(Tensor.concatenate(pieces, axis: 1).array() == x.array())
    }

    @Test func `a device that is not there is an error`() {
        #expect(throws: TorchError.self) { try Device(named: "tpu") }
        #expect(throws: TorchError.self) { try Device(named: "cuda:99") }
    }

    @Test func `an index of nothing, a scalar and an empty tensor have their counts`() {
        #expect(Tensor.zeros([]).count == 1)
        #expect(Tensor.zeros([0, 4]).count == 0)
        #expect(Tensor.zeros([0, 4]).array() == NDArray(zeros: [0, 4]))
    }
}
