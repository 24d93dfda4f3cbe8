import ApusCore
import Testing

@testable import ApusTorch

@Suite struct DeviceTests {
    @Test(arguments: ["gpu", "cuda:", "cuda:-1", "cuda:64", "cuda:1x", "CPU", ""])
    func `an unknown name is refused with those that are known`(name: String) {
        #expect(!Device.isName(name))
        #expect(throws: TorchError.device(name, reason: "the known devices are auto, cpu, cuda and cuda:N")) {
            try Device(named: name)
        }
    }

    @Test(.enabled(if: !Torch.isCUDAAvailable)) func `auto is the CPU where there is no GPU, and cuda says why not`()
        throws
    {
        #expect(try Device(named: "auto", localRank: 3) == .cpu)
        #expect(Device.isName("cuda:3"))
        #expect(throws: TorchError.self) { try Device(named: "cuda") }
    }

    @Test func `the CPU has neither half precision nor a GPU's memory`() throws {
        #expect(throws: TorchError.self) { try Precision.float16.chosen(on: .cpu) }
        #expect(try Precision.auto.chosen(on: .cpu) == .float32)
        #expect(Device.cpu.memory == nil)
        #expect(Device.cpu.peakBytes == 0)
    }

    @Test func `bfloat16 is refused where the hardware lacks it, with what to choose`() throws {
        for (device, remedy) in [(Device.cpu, "precision: float32"), (.cuda(1), "precision: float16 or float32")] {
            #expect(try Precision.bfloat16.chosen(on: device, hasBFloat16: true) == .bfloat16)
            let error = #expect(throws: TorchError.self) {
                try Precision.bfloat16.chosen(on: device, hasBFloat16: false)
            }
            #expect(error?.description.hasSuffix(remedy) == true)
        }
        #expect(try Precision.auto.chosen(on: .cuda(0), hasBFloat16: false) == .float16)
        #expect(try Precision.auto.chosen(on: .cuda(0), hasBFloat16: true) == .bfloat16)
    }

    @Test func `a move keeps elements, layout and what refers to the tensor`() throws {
        let x = randomTensor([2, 3, 4, 5], seed: 1).channelsLast().requiringGradient()
        try x.move(to: .cpu)
        #expect(x.isChannelsLast && x.requiresGradient)
    }

    @Test(.enabled(if: Device.cpu.hasBFloat16)) func `products are cast and sums stay exact while casting`() throws {
        let (a, b) = (randomTensor([8, 8], seed: 1), randomTensor([8, 8], seed: 2))
        let product = try Precision.bfloat16.whileCasting(on: .cpu) { a.matmul(b) }
        #expect(product.dataType == .bfloat16)
        #expect(deviation(product, from: a.matmul(b)) < 0.02)
        #expect(a.matmul(b).dataType == .float32)
        #expect(try Precision.float32.whileCasting(on: .cpu) { a.matmul(b) }.dataType == .float32)
    }
}
