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
