import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing
import ApusVision

/// What the tasks' losses refuse, and what they take.
@Suite struct TaskInputTests {
    private let target = DetectionTarget(image: 0, label: 1, centerX: 0.5, centerY: 0.5, width: 0.5, height: 0.5)

    private var segmentation: SegmentationOutput {
        SegmentationOutput(
            detection: patternedOutput(), coefficients: extraMaps(2100, 32),
            prototypes: Tensor(pattern(1, [2, 32, 16, 24]).map(Float.init), shape: [2, 32, 16, 24]))
    }

    private func masks(_ left: Int, _ top: Int, _ width: Int, _ height: Int, offset: Int = 0) -> InstanceMasks {
        InstanceMasks(
            windows: [.init(left: left, top: top, width: width, height: height, offset: offset)],
            bytes: [UInt8](repeating: 1, count: 96))
    }

    @Test(arguments: [
        (-1, 0, 4, 4, 0), (0, 0, 25, 1, 0), (20, 15, 4, 2, 0), (0, 0, 12, 9, 0), (0, 0, 1, 1, -1), (0, 0, 1, 1, 96),
    ])
    func `a mask outside its map or its bytes is refused`(left: Int, top: Int, width: Int, height: Int, offset: Int) {
        #expect(throws: TorchError.self) {
            try SegmentationLoss()(segmentation, [target], masks: masks(left, top, width, height, offset: offset))
        }
    }

    @Test func `every target has a mask, and one without a pixel is none`() throws {
        #expect(throws: TorchError.self) { try SegmentationLoss()(segmentation, [target], masks: InstanceMasks()) }
        let whole = try SegmentationLoss()(segmentation, [target], masks: masks(6, 4, 12, 8))
        let none = try SegmentationLoss()(segmentation, [target], masks: masks(6, 4, 0, 0))
        #expect(whole.positives > 0 && whole["seg"] != none["seg"])
        #expect(try SegmentationLoss()(segmentation, [], masks: InstanceMasks())["seg"] == 0)
    }

    @Test func `the same instance twice weighs as once`() throws {
        let one = try SegmentationLoss()(segmentation, [target], masks: masks(6, 4, 12, 8))
        var other = target
        other.image = 1
        var both = masks(6, 4, 12, 8)
        both.windows.append(both.windows[0])
        let two = try SegmentationLoss()(segmentation, [target, other], masks: both)
        #expect(two.positives > one.positives && two["seg"]! > 0)
    }

    @Test func `sigmas and keypoints must be given, one for each`() throws {
        let output = PoseOutput(detection: patternedOutput(), keypoints: extraMaps(2300, 15))
        let points = [SIMD3<Float>](repeating: [0.5, 0.5, 2], count: 5)
        let sigmas = [Double](repeating: 0.05, count: 5)
        #expect(try PoseLoss(sigmas: sigmas)(output, [target], keypoints: points).positives > 0)
        for wrong in [[], [0.05], [0.05, 0.05, 0.05, 0.05, 0], [.nan, 1, 1, 1, 1]] {
            #expect(throws: TorchError.self) { try PoseLoss(sigmas: wrong)(output, [target], keypoints: points) }
        }
        #expect(throws: TorchError.self) { try PoseLoss(sigmas: sigmas)(output, [target], keypoints: []) }
        let lost = [SIMD3<Float>](repeating: [.nan, 0.5, 2], count: 5)
        #expect(throws: TorchError.self) { try PoseLoss(sigmas: sigmas)(output, [target], keypoints: lost) }
        let unmarked = [SIMD3<Float>](repeating: [.nan, .nan, 0], count: 5)
        #expect(try PoseLoss(sigmas: sigmas)(output, [target], keypoints: unmarked)["pose"] == 0)
    }

    @Test func `a box turned by π is the same, by π/2 the one with its sides exchanged`() throws {
        let output = OrientedOutput(detection: patternedOutput(), angles: extraMaps(2400, 1))
        // Pixels, as fractions of 96×64.
        func box(_ width: Float, _ height: Float, _ angle: Float) -> DetectionTarget {
            DetectionTarget(
                image: 0, label: 1, centerX: 0.5, centerY: 0.5, width: width / 96, height: height / 64, angle: angle)
        }
        let a = try OrientedLoss()(output, [box(40, 20, 0.3)])
        let turned = try OrientedLoss()(output, [box(40, 20, 0.3 + .pi)])
        let exchanged = try OrientedLoss()(output, [box(20, 40, 0.3 + .pi / 2)])
        // The distances to the sides change their names, so only these parts stay.
        for other in [turned, exchanged] {
            #expect(a.positives == other.positives && abs(a["box"]! - other["box"]!) < 1e-4 * a["box"]!)
            #expect(abs(a["cls"]! - other["cls"]!) < 1e-4 * a["cls"]!)
        }
    }

    @Test(arguments: [[2.0], [1, 1, -1], [1, 1, .nan]])
    func `class weights must be one a class and sensible`(weights: [Double]) {
        var loss = DetectionLoss()
        loss.classWeights = weights
        #expect(throws: TorchError.self) { try loss(patternedOutput(), [target]) }
        var classification = ClassificationLoss()
        classification.classWeights = weights
        let logits = Tensor.zeros([1, 3])
        #expect(throws: TorchError.self) { try classification(logits, [.init(image: 0, label: 0)]) }
    }

    @Test func `shares of no image or class are refused`() {
        let logits = Tensor.zeros([2, 3])
        let wrong: [ClassificationTarget] = [
            .init(image: 2, label: 0), .init(image: 0, label: 3), .init(image: -1, label: 0),
            .init(image: 0, label: 0, share: -0.5), .init(image: 0, label: 0, share: .nan),
        ]
        for target in wrong { #expect(throws: TorchError.self) { try ClassificationLoss()(logits, [target]) } }
    }
}
