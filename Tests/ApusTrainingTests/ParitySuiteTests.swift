import ApusAugmentation
import ApusCore
import ApusDatasets
import ApusInference
import ApusModels
import ApusVision
import Testing
@testable import ApusTraining

@Suite(.serialized) struct ParitySuiteTests {
    /// Another predictor's outputs, each value moved by so much.
    private struct Disturbed: BatchPredictor {
        let predictor: any BatchPredictor
        let amount: Float

        func outputs(for batch: Batch) throws -> [NDArray] {
            try predictor.outputs(for: batch).map { array in
                let values: [Float] = array.elements()
                return NDArray(values.map { $0 + amount }, shape: array.shape)
            }
        }
    }

    private func random(_ shape: Shape, seed: UInt64) -> NDArray {
        var stream = RandomStream(seed: seed)
        return NDArray((0..<shape.count).map { _ in stream.uniform(in: -0.7...2.3) as Float }, shape: shape)
    }

    private func outputs(_ task: ModelTask) -> [NDArray] {
        switch task {
        case .classify: [random([2, 3], seed: 1)]
        case .detect: [random([2, 7, 5], seed: 2)]
        case .segment: [random([2, 39, 5], seed: 3), random([2, 32, 4, 6], seed: 4)]
        case .pose: [random([2, 7 + 9, 5], seed: 5)]
        case .obb: [random([2, 8, 5], seed: 6)]
        case .keypoints: [random([2, 3, 12], seed: 7), random([2, 3, 16], seed: 8)]
        }
    }

    @Test(arguments: ModelTask.allCases)
    func `mirroring twice changes nothing, and once changes what it should`(task: ModelTask) {
        let layout = OutputGeometry(task: task, classCount: 3, mirroredPoints: [1, 0, 2])
        let original = outputs(task)
        let once = layout.mirrored(original, width: 6)
        for (a, b) in zip(layout.mirrored(once, width: 6), original) {
            let (a, b): ([Float], [Float]) = (a.elements(), b.elements())
            #expect(zip(a, b).allSatisfy { abs($0 - $1) < 1e-5 })
        }
        #expect((once == original) == (task == .classify))
    }

    @Test func `a mirrored box, its points and its angle are where they belong`() {
        let pose = OutputGeometry(task: .pose, classCount: 1, mirroredPoints: [1, 0])
        // cx cy w h, one score, two points of x, y and visibility.
        let found: [Float] = [10, 20, 4, 6, 0.9, 8, 18, 1, 13, 22, 0.5]
        let mirrored = pose.mirrored([NDArray(found, shape: [1, 11, 1])], width: 64)
        #expect(mirrored[0].elements() == [54, 20, 4, 6, 0.9, 51, 22, 0.5, 56, 18, 1] as [Float])
        let oriented = OutputGeometry(task: .obb, classCount: 1, mirroredPoints: [])
        for (angle, expected) in [(0.3, -0.3), (-0.3, 0.3), (1.2, .pi - 1.2)] as [(Float, Float)] {
            let box = NDArray([10, 20, 4, 6, 0.9, angle], shape: [1, 6, 1])
            let turned: [Float] = oriented.mirrored([box], width: 64)[0].elements()
            #expect(abs(turned[5] - expected) < 1e-6)
        }
        let detect = OutputGeometry(task: .detect, classCount: 1, mirroredPoints: [])
        let moved: [Float] = detect.moved([NDArray([10, 20, 4, 6, 0.9] as [Float], shape: [1, 5, 1])], by: -1)[0]
            .elements()
        #expect(moved == [9, 20, 4, 6, 0.9])
    }

    @Test func `images change as the change says`() throws {
        let pixels = (0..<2 * 3 * 3).map { UInt8($0 * 10) }
        let image = Image(width: 3, height: 2, channels: 3, pixels: pixels)
        #expect(try ImageChange.flip.image(ImageChange.flip.image(image)) == image)
        let shifted = try ImageChange.shift.image(image)
        #expect(Array(shifted.pixels[0..<9]) == [0, 10, 20, 0, 10, 20, 30, 40, 50])
        #expect(try ImageChange.brightness(2).image(image).pixels.last == 255)
        #expect(try ImageChange.jpeg(quality: 90).image(image).width == 3)
    }

    @Test func `an engine that is the reference passes, and one that is not does not`() throws {
        let workspace = try TestWorkspace()
        let trainer = try Trainer(workspace.experiment(epochs: 1), model: workspace.model, dataset: workspace.dataset)
        let network = try NetworkPredictor(trainer.average, .none)
        let evaluator = try SplitEvaluator(
            .detect, dataset: workspace.dataset, indices: workspace.dataset.indices(of: .val),
            settings: LoaderSettings(imageSize: 64, batchSize: 2), configuration: ValidationConfiguration(),
            input: ImageSize(square: 64))
        let suite = ParitySuite(.detect, dataset: workspace.dataset, evaluator: evaluator)
        let report = try suite.run(
            [("a", network), ("b", network), ("c", Disturbed(predictor: network, amount: 0.01))], changes: [.flip])
        #expect(report.engines.map(\.name) == ["b", "c"])
        #expect(report.engines[0].passes && report.engines[0].largestDifference == 0)
        #expect(!report.engines[1].passes && report.engines[1].largestDifference > 0.009)
        #expect(!report.passes)
        #expect(report.changes.map(\.name) == ["flip"])
    }
}
