import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing

@Suite struct V8DetectorTests {
    /// The published sizes of the family for 80 classes.
    @Test(arguments: [("n", 3_157_200), ("s", 11_166_560), ("m", 25_902_640), ("l", 43_691_520), ("x", 68_229_648)])
    func `has exactly the published number of parameters`(scale: String, count: Int) throws {
        let configuration = ModelConfiguration(scale: scale)
        let model = try ModelRegistry.makeDetector(configuration, classCount: 80, seed: 0)
        #expect(model.parameterCount == count)
    }

    @Test func `takes a training step that lowers the loss`() throws {
        let model = V8Detector(scale: V8Scale(depth: 0.33, width: 0.125, maxChannels: 256), classCount: 3)
        let optimizer = SGD(model.parameterGroups(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4))
        var stream = RandomStream(seed: 1)
        let images = Tensor((0..<2 * 3 * 64 * 64).map { _ in stream.uniform() }, shape: [2, 3, 64, 64]).channelsLast()
        let targets = [
            DetectionTarget(image: 0, label: 1, centerX: 0.5, centerY: 0.5, width: 0.5, height: 0.4),
            DetectionTarget(image: 1, label: 2, centerX: 0.3, centerY: 0.6, width: 0.3, height: 0.3),
        ]
        let loss = DetectionLoss()
        var values: [Double] = []
        for _ in 0..<10 {
            let value = try loss(model(images), targets)
            values.append(value.sum)
            try value.total.backward()
            try optimizer.step(maximumNorm: 10)
        }
        #expect(values.last! < values.first!, "\(values)")
    }
}
