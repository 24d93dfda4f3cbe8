import ApusCore
import Testing

@testable import ApusTorch

@Suite struct MemoryTests {
    @Test func `a lack of memory is thrown from under operations that do not throw`() throws {
        let x = randomTensor([64, 64], seed: 1)
        var reached = false
        #expect(throws: TorchError.self) {
            try Torch.lackingMemory {
                try Torch.watchingMemory {
                    let wide = (x + 1).matmul(x)
                    #expect(wide.size(1) == 1)
                    wide.assign(Tensor.zeros([3]))
                    _ = Tensor.concatenate([wide.forked(from: 2).tail, wide], axis: 1).silu().item()
                    reached = true
                }
            }
        }
        #expect(reached)
        #expect((x + 1).size(1) == 64)
    }

    /// Wherever it is wanting: own kernels take memory in parallel regions, which nothing may be thrown through.
    @Test func `a lack of memory in any tensor of a convolution's passes is thrown`() throws {
        let x = randomTensor([3, 24, 40, 40], seed: 1).channelsLast().requiringGradient()
        let weight = randomTensor([32, 24, 3, 3], seed: 2).channelsLast().requiringGradient()
        let lacks = (0..<64).map { tensors in
            Torch.lackingMemory(afterTensors: tensors) {
                do {
                    try Torch.watchingMemory { try x.conv2D(weight, padding: 1).sum().backward() }
                    return false
                } catch {
                    return true
                }
            }
        }
        // How many tensors this thread takes is chance: it shares the parallel regions with others.
        #expect(lacks.prefix(3).allSatisfy { $0 })
        #expect(lacks.last == false)
    }

    @Test func `it is named as such`() throws {
        do {
            try Torch.lackingMemory { try Torch.watchingMemory { _ = Tensor.zeros([1000]) } }
            Issue.record("nothing was thrown")
        } catch let error as TorchError {
            guard case .memory(let message) = error else { throw error }
            #expect(message.contains("4000 bytes"))
            #expect(error.description.contains("smaller batch_size"))
        }
    }

    @Test func `only as many watched parts lack it as a test asks, and nothing else`() throws {
        func sums() -> [Double] { (0..<5).map { Tensor.full([4], Double($0)).sum().item() } }
        let found = Torch.lackingMemory(parts: 2, afterTensors: 3) {
            [sums()] + (0..<3).map { _ in (try? Torch.watchingMemory(sums)) ?? [] }
        }
        #expect(found == [[0, 4, 8, 12, 16], [], [], [0, 4, 8, 12, 16]])
    }

    @Test func `without a lack of memory nothing changes`() throws {
        let sum = try Torch.watchingMemory { Tensor.ones([5]).sum().item() }
        #expect(sum == 5)
        #expect(throws: TorchError.checkpoint(path: "p", reason: "r")) {
            try Torch.watchingMemory { throw TorchError.checkpoint(path: "p", reason: "r") }
        }
    }
}
