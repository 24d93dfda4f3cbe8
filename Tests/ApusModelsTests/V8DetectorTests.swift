import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing
import ApusVision

@Suite struct V8DetectorTests {
    /// The published sizes of the family for 80 classes.
    @Test(arguments: [("n", 3_157_200), ("s", 11_166_560), ("m", 25_902_640), ("l", 43_691_520), ("x", 68_229_648)])
    func `has exactly the published number of parameters`(scale: String, count: Int) throws {
        let configuration = ModelConfiguration(scale: scale)
        let model = try ModelRegistry.makeDetector(configuration, classCount: 80, seed: 0)
        #expect(model.parameterCount == count)
    }

    /// Losses and final weights of a few steps on fixed images.
    private func train(
        steps: Int, seed: UInt64 = 3, threads: Int = 1
    ) throws -> (losses: [Double], model: V8Detector, images: Tensor) {
        Torch.setThreads(threads)
        let model = V8Detector(scale: V8Scale(depth: 0.33, width: 0.25, maxChannels: 128), classCount: 3, seed: seed)
        let optimizer = AdaptiveOptimizer(
            .adamW, model.parameterGroups(learningRate: 0.002, momentum: 0.9, weightDecay: 5e-4))
        var stream = RandomStream(seed: 1)
        let pixels = (0..<2 * 64 * 64 * 3).map { _ in UInt8.random(in: 0...255, using: &stream) }
        let images = pixels.withUnsafeBytes { Tensor(pixels: $0, count: 2, height: 64, width: 64) }
        let targets = [
            DetectionTarget(image: 0, label: 1, centerX: 0.5, centerY: 0.5, width: 0.5, height: 0.4),
            DetectionTarget(image: 1, label: 2, centerX: 0.3, centerY: 0.6, width: 0.3, height: 0.3),
        ]
        let losses = try (0..<steps).map { _ in
            let value = try DetectionLoss()(model(images), targets)
            try value.total.backward()
            try optimizer.step(maximumNorm: 10)
            return value.sum
        }
        return (losses, model, images)
    }

    @Test func `learns two images by heart`() throws {
        let (_, model, images) = try train(steps: 60)
        // By the batch's own statistics: running ones lag behind for hundreds of steps.
        let output = try withoutGradients { try model(images).decoded() }
        let (anchors, values): (Int, [Float]) = (output.size(2), output.elements())
        let wanted = [(1, [32, 32, 32, 25.6] as [Float]), (2, [19.2, 38.4, 19.2, 19.2])]
        for (image, (label, box)) in wanted.enumerated() {
            func value(_ row: Int, _ anchor: Int) -> Float { values[(image * 7 + row) * anchors + anchor] }
            let best = (0..<anchors).max { value(4 + label, $0) < value(4 + label, $1) }!
            #expect(value(4 + label, best) > 0.5)
            for row in 0..<4 { #expect(abs(value(row, best) - box[row]) < 6, "image \(image), row \(row)") }
        }
        #expect(model.stateDictionary()["model.0.bn.num_batches_tracked"]!.item() == 61)
    }

    @Test func `repeats bit for bit with the same seed`() throws {
        let (first, second) = try (train(steps: 3, threads: 2), train(steps: 3, threads: 2))
        #expect(first.losses == second.losses)
        let state = second.model.stateDictionary()
        for (name, tensor) in first.model.stateDictionary() {
            #expect(tensor.array() == state[name]!.array(), "\(name)")
        }
        let other = try train(steps: 1, seed: 4)
        #expect(other.losses[0] != first.losses[0])
    }

    @Test func `folds normalization into the convolution`() throws {
        let block = try #require(tinyModel().layers[1] as? ConvolutionBlock)
        block.setTraining(false)
        let x = try #require(tinyModel().layers[0] as? ConvolutionBlock)
        x.setTraining(false)
        let (weight, bias) = block.folded()
        withoutGradients {
            let input = x(tinyImages())
            let folded = input.conv2D(Tensor(weight), bias: Tensor(bias), stride: 2, padding: 1).silu()
            #expect(deviation(folded.elements(), from: block(input).elements()) < 1e-5)
        }
    }
}
