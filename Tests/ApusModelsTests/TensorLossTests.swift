import ApusCore
import ApusModels
import ApusTorch
import ApusVision
import Testing

/// The fused losses and decodings beside the same in LibTorch's own operations, which is what runs on GPUs.
@Suite struct TensorLossTests {
    let boxes: [DetectionTarget]

    init() throws { boxes = try Goldens().targets }

    private func expectAgreement(
        _ leaves: [Tensor], tolerance: Double = 1e-5, _ loss: () throws -> LossValue
    ) throws {
        func run() throws -> (numbers: [Float], gradients: [[Float]]) {
            for leaf in leaves { leaf.clearGradient() }
            let value = try loss()
            try value.total.backward()
            let numbers = [Float(value.total.item()), Float(value.positives)] + value.parts.map { Float($0.value) }
            return (numbers, try leaves.map { try #require($0.gradient).elements() })
        }
        let (fused, readable) = (try run(), try Torch.withoutFusedFunctions(run))
        #expect(deviation(readable.numbers, from: fused.numbers) < tolerance)
        for (found, expected) in zip(readable.gradients, fused.gradients) {
            #expect(deviation(found, from: expected) < tolerance)
        }
    }

    private func value(_ value: DetectionLoss.Value) -> LossValue {
        LossValue(total: value.total, parts: value.parts, positives: value.positives)
    }

    @Test(arguments: [0, 1.5, 2], [[], [1, 0.5, 2]])
    func `detection agrees`(gamma: Double, weights: [Double]) throws {
        let output = patternedOutput()
        var loss = DetectionLoss()
        (loss.focalGamma, loss.classWeights) = (gamma, weights)
        try expectAgreement(output.boxes + output.scores) { value(try loss(output, boxes)) }
    }

    @Test func `a batch without targets agrees`() throws {
        let output = patternedOutput()
        try expectAgreement(output.scores) { value(try DetectionLoss()(output, [])) }
    }

    @Test func `segmentation agrees`() throws {
        let output = SegmentationOutput(
            detection: patternedOutput(), coefficients: extraMaps(2100, 32),
            prototypes: Tensor(pattern(2200, [2, 32, 16, 24]).map { Float($0 * 2 - 1) }, shape: [2, 32, 16, 24])
                .channelsLast().requiringGradient())
        var masks = InstanceMasks()
        for (number, _) in boxes.enumerated() {
            masks.windows.append(
                .init(left: 2, top: 1, width: 15 + number, height: 12, offset: masks.bytes.count))
            masks.bytes += pattern(3000 + number, [12, 15 + number]).map { $0 > 0.5 ? 1 : 0 }
        }
        try expectAgreement(output.detection.boxes + output.coefficients + [output.prototypes]) {
            try SegmentationLoss()(output, boxes, masks: masks)
        }
    }

    @Test func `poses agree`() throws {
        let output = PoseOutput(detection: patternedOutput(), keypoints: extraMaps(2300, 12))
        let points = boxes.indices.flatMap { box in
            (0..<4).map { SIMD3<Float>(0.2 + 0.1 * Float($0), 0.3 + 0.05 * Float(box), ($0 + box) % 3 == 0 ? 0 : 2) }
        }
        try expectAgreement(output.detection.boxes + output.keypoints) {
            try PoseLoss(sigmas: [0.05, 0.1, 0.07, 0.09])(output, boxes, keypoints: points)
        }
    }

    @Test func `turned boxes agree`() throws {
        let output = OrientedOutput(detection: patternedOutput(), angles: extraMaps(2400, 1))
        var turned = boxes
        for index in turned.indices { turned[index].angle = 0.3 * Float(index) - 0.4 }
        try expectAgreement(output.detection.boxes + output.angles, tolerance: 2e-5) {
            try OrientedLoss()(output, turned)
        }
    }

    @Test func `decodings agree`() throws {
        let detection = patternedOutput()
        let decodings: [() throws -> Tensor] = [
            { try detection.decoded() },
            { try PoseOutput(detection: detection, keypoints: extraMaps(2300, 12)).decoded() },
            { try OrientedOutput(detection: detection, angles: extraMaps(2400, 1)).decoded() },
        ]
        for decoding in decodings {
            let (fused, readable) = (try decoding().detached(), try Torch.withoutFusedFunctions(decoding).detached())
            #expect(fused.shape == readable.shape)
            #expect(deviation(readable.elements(), from: fused.elements()) < 1e-5)
        }
    }
}
