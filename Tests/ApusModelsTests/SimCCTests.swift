import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing

@Suite(.serialized) struct SimCCTests {
    private func network(_ backbone: String, seed: UInt64 = 3) throws -> SimCC {
        let configuration = ModelConfiguration(
            architecture: "simcc", backbone: backbone, inputWidth: 64, inputHeight: 96)
        return try ModelRegistry.makeKeypointEstimator(configuration, keypointCount: 2, seed: seed)
    }

    @Test(arguments: ["resnet18", "mobilenet_v2", "mobilenet_v3_large"])
    func `a backbone has its own names and no classifier`(name: String) throws {
        let model = try network(name)
        let own = try ModelRegistry.makeClassifier(name, classCount: 5, seed: 0).stateDictionary()
        let features = own.map(\.name).filter { !$0.hasPrefix("fc.") && !$0.hasPrefix("classifier.") }
        let names = model.stateDictionary().map(\.name)
        #expect(names.filter { $0.hasPrefix("backbone.") } == features.map { "backbone." + $0 })
        let head = ["final_layer.weight", "final_layer.bias", "mlp_head_x.weight", "mlp_head_y.weight"]
        #expect(names.filter { $0.hasPrefix("head.") } == head.map { "head." + $0 })
        let output = model.predict(Tensor.zeros([2, 3, 96, 64]))
        #expect(output.x.shape == [2, 2, 128] && output.y.shape == [2, 2, 192])
    }

    @Test func `learns places by heart and is sure of them`() throws {
        let model = try network("resnet18")
        let optimizer = AdaptiveOptimizer(.adamW, model.parameterGroups(learningRate: 2e-3, momentum: 0.9, weightDecay: 0))
        let images = Tensor(pattern(1, [2, 3, 96, 64]).map(Float.init), shape: [2, 3, 96, 64]).channelsLast()
        let points: [SIMD3<Float>] = [[0.25, 0.5, 2], [0.75, 0.25, 1], [0.5, 0.75, 2], [0.1, 0.1, 0]]
        for _ in 0..<150 {
            try CoordinateLoss()(model(images), keypoints: points).total.backward()
            try optimizer.step(maximumNorm: 10)
        }
        let found = withoutGradients { model(images) }.decoded()
        for (point, place) in zip(points, found) where point.z > 0 {
            #expect(abs(point.x * 64 - place.x) < 2 && abs(point.y * 96 - place.y) < 2, "\(point) at \(place)")
            #expect(place.z > 0.5, "\(place)")
        }
    }

    @Test func `without a marked keypoint there is nothing to learn`() throws {
        let output = CoordinateOutput(x: Tensor.zeros([1, 2, 8]).requiringGradient(), y: Tensor.zeros([1, 2, 8]))
        let value = try CoordinateLoss()(output, keypoints: [[.nan, 0, 0], [0, 0, 0]])
        #expect(value.sum == 0 && value.positives == 0)
        #expect(throws: TorchError.self) { try CoordinateLoss()(output, keypoints: [[0, 0, 2]]) }
        #expect(throws: TorchError.self) { try CoordinateLoss()(output, keypoints: [[.nan, 0, 2], [0, 0, 2]]) }
    }

    @Test func `the likeliest bins are the places`() {
        var x = [Float](repeating: 0, count: 8)
        var y = x
        (x[3], y[6]) = (0.9, 0.7)
        let output = CoordinateOutput(x: Tensor(x, shape: [1, 1, 8]), y: Tensor(y, shape: [1, 1, 8]))
        #expect(output.decoded() == [SIMD3(1.5, 3, 0.7)])
    }
}
