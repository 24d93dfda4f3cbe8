import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import Testing
import ApusVision

/// The tasks beside detection, next to an independent PyTorch implementation in double precision (`Oracles/tasks.py`).
@Suite struct TaskLossTests {
    let goldens: Goldens
    let boxes: [DetectionTarget]

    init() throws {
        goldens = try Goldens("tasks")
        boxes = try Goldens().targets
    }

    private var masks: InstanceMasks {
        let rows: [Int64] = goldens.tensors["windows"]!.elements()
        var masks = InstanceMasks()
        for first in stride(from: 0, to: rows.count, by: 4) {
            let (width, height) = (Int(rows[first + 2]), Int(rows[first + 3]))
            masks.windows.append(
                InstanceMasks.Window(
                    left: Int(rows[first]), top: Int(rows[first + 1]), width: width, height: height,
                    offset: masks.bytes.count))
            masks.bytes += pattern(3000 + first / 4, [height, width]).map { $0 > 0.5 ? 1 : 0 }
        }
        return masks
    }

    private func points(_ name: String) -> [SIMD3<Float>] {
        let values = goldens[name]
        return stride(from: 0, to: values.count, by: 3).map { SIMD3(values[$0], values[$0 + 1], values[$0 + 2]) }
    }

    private var turned: [DetectionTarget] {
        let values = goldens["turned"]
        return stride(from: 0, to: values.count, by: 7).map { first in
            let row = Array(values[first..<first + 7])
            return DetectionTarget(
                image: Int(row[0]), label: Int(row[1]), centerX: row[2], centerY: row[3], width: row[4],
                height: row[5], angle: row[6])
        }
    }

    private func expectGradients(_ maps: [Tensor], _ name: String, tolerance: Double = 1e-5) throws {
        for (level, map) in maps.enumerated() {
            let gradient = try #require(map.gradient, "\(name).\(level)")
            #expect(deviation(gradient.elements(), from: goldens["\(name).\(level)"]) < tolerance, "\(name).\(level)")
        }
    }

    /// The named parts beside the goldens' order: box, cls, dfl, then the task's.
    private func expectParts(_ value: LossValue, _ names: [String], _ name: String, tolerance: Double = 1e-5) throws {
        let parts = try names.map { Float(try #require(value[$0])) }
        #expect(deviation(parts, from: goldens[name]) < tolerance, "\(parts) and \(goldens[name])")
        #expect(value.parts.count == names.count)
    }

    @Test func `the mask loss and its gradients agree`() throws {
        let detection = patternedOutput()
        let prototypes = Tensor(pattern(2200, [2, 32, 16, 24]).map { Float($0 * 2 - 1) }, shape: [2, 32, 16, 24])
            .channelsLast().requiringGradient()
        let output = SegmentationOutput(
            detection: detection, coefficients: extraMaps(2100, 32), prototypes: prototypes)
        let value = try SegmentationLoss()(output, boxes, masks: masks)
        try expectParts(value, ["box", "cls", "dfl", "seg"], "segment.parts")
        #expect(deviation([Float(value.total.item())], from: goldens["segment.total"]) < 1e-5)
        try value.total.backward()
        try expectGradients(output.coefficients, "segment.coefficients")
        let found = try #require(prototypes.gradient).slice(0, 0..<1)
        #expect(deviation(found.elements(), from: goldens["segment.prototypes"]) < 1e-5)
        try expectDetectionGradients(detection)
    }

    /// A task adds to the detectors' loss and changes nothing of it, to the bit.
    private func expectDetectionGradients(_ output: DetectionOutput) throws {
        let alone = patternedOutput()
        try DetectionLoss()(alone, boxes).total.backward()
        for (a, b) in zip(output.boxes + output.scores, alone.boxes + alone.scores) {
            #expect(try #require(a.gradient).array() == #require(b.gradient).array())
        }
    }

    @Test func `the keypoint loss and its gradients agree`() throws {
        let output = PoseOutput(detection: patternedOutput(), keypoints: extraMaps(2300, 15))
        let loss = PoseLoss(sigmas: goldens["sigmas"].map(Double.init))
        let value = try loss(output, boxes, keypoints: points("keypoints"))
        try expectParts(value, ["box", "cls", "dfl", "pose", "kobj"], "pose.parts")
        #expect(deviation([Float(value.total.item())], from: goldens["pose.total"]) < 1e-5)
        try value.total.backward()
        try expectGradients(output.keypoints, "pose.keypoints")
        try expectDetectionGradients(output.detection)
    }

    @Test func `the turned boxes' assignment, loss and gradients agree`() throws {
        let detection = patternedOutput()
        let output = OrientedOutput(detection: detection, angles: extraMaps(2400, 1))
        let (owners, scores) = try OrientedLoss().assignment(output, turned)
        #expect(owners == goldens.tensors["obb.owner"]!.elements())
        #expect(owners.count { $0 >= 0 } > 10)
        #expect(deviation(scores, from: goldens["obb.score"]) < 1e-5)
        let value = try OrientedLoss()(output, turned)
        try expectParts(value, ["box", "cls", "dfl"], "obb.parts")
        #expect(deviation([Float(value.total.item())], from: goldens["obb.total"]) < 1e-5)
        try value.total.backward()
        try expectGradients(output.angles, "obb.angles")
        for level in 0..<3 {
            let (a, b) = (detection.boxes[level].gradient!, detection.scores[level].gradient!)
            let joined = Tensor.concatenate([a, b], axis: 1)
            #expect(deviation(joined.elements(), from: goldens["obb.maps.\(level)"]) < 1e-5)
        }
    }

    @Test(arguments: [("weighted", [1, 2, 0.25], 0), ("focal", [], 1.5), ("both", [0.5, 3, 1], 2)])
    func `class weights and focal terms agree`(name: String, weights: [Double], gamma: Double) throws {
        var loss = DetectionLoss()
        (loss.boxGain, loss.distributionGain) = (0, 0)
        (loss.classWeights, loss.focalGamma) = (weights, gamma)
        let output = patternedOutput()
        let value = try loss(output, boxes)
        #expect(deviation([Float(value.classification)], from: goldens["\(name).value"]) < 1e-5)
        try value.total.backward()
        try expectGradients(output.scores, "\(name).scores")
    }

    @Test func `equal class weights change nothing`() throws {
        var weighted = DetectionLoss()
        weighted.classWeights = [1, 1, 1]
        let (a, b) = try (DetectionLoss()(patternedOutput(), boxes), weighted(patternedOutput(), boxes))
        #expect(abs(a.sum - b.sum) < 1e-5 * a.sum)
    }

    @Test(arguments: ["hard", "smooth", "soft", "focal", "blunt"])
    func `the classification loss agrees`(name: String) throws {
        let logits = Tensor(pattern(5000, [6, 4]).map { Float($0 * 8 - 4) }, shape: [6, 4]).requiringGradient()
        let labels = [0, 1, 2, 3, 1, 1]
        let isHard = name == "hard" || name == "smooth"
        let targets = labels.enumerated().flatMap { image, label in
            isHard
                ? [ClassificationTarget(image: image, label: label)]
                : [
                    ClassificationTarget(image: image, label: label, share: 0.7),
                    ClassificationTarget(image: image, label: (label + image) % 4, share: 0.3),
                ]
        }
        var loss = ClassificationLoss()
        if ["smooth", "soft", "blunt"].contains(name) { loss.labelSmoothing = 0.1 }
        if ["smooth", "focal", "blunt"].contains(name) { loss.classWeights = [1, 0.5, 2, 3] }
        loss.focalGamma = ["focal": 2, "blunt": 0.5][name] ?? 0
        let value = try loss(logits, targets)
        #expect(deviation([Float(value.total.item())], from: goldens["classify.\(name)"]) < 1e-5)
        try value.total.backward()
        let gradient = try #require(logits.gradient)
        #expect(deviation(gradient.elements(), from: goldens["classify.\(name).gradient"]) < 1e-5)
    }

    @Test func `the coordinate loss agrees`() throws {
        func logits(_ bins: Int) -> Tensor {
            let values = pattern(6000 + bins, [2, 3, bins]).map { Float($0 * 0.4 - 0.2) }
            return Tensor(values, shape: [2, 3, bins]).requiringGradient()
        }
        let output = CoordinateOutput(x: logits(128), y: logits(192))
        let value = try CoordinateLoss()(output, keypoints: points("simcc.points"))
        #expect(deviation([Float(value["x"]!)], from: goldens["simcc.x"]) < 1e-5)
        #expect(deviation([Float(value["y"]!)], from: goldens["simcc.y"]) < 1e-5)
        try value.total.backward()
        #expect(deviation(output.x.gradient!.elements(), from: goldens["simcc.x.gradient"]) < 1e-5)
        #expect(deviation(output.y.gradient!.elements(), from: goldens["simcc.y.gradient"]) < 1e-5)
    }

    private func compareStep(_ model: Module, _ total: Tensor, _ kind: String) throws {
        let optimizer = SGD(model.parameterGroups(learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4))
        try total.backward()
        try optimizer.step(maximumNorm: 10)
        let state = model.stateDictionary()
        let names = goldens.tensors.map(\.name).filter { $0.hasPrefix("\(kind).step.model.") }
        #expect(names.count >= 3)
        for name in names {
            let found: [Float] = try #require(state[String(name.dropFirst(kind.count + 6))]).elements()
            #expect(deviation(found, from: goldens[name]) < 1e-5, "\(name)")
        }
    }

    @Test func `a segmenter's predictions and first step agree`() throws {
        let model = patterned(V8Segmenter(scale: tinyScale, classCount: 3))
        #expect(deviation(try model.predict(tinyImages()).elements(), from: goldens["segment.decoded"]) < 1e-5)
        let made = model.evaluated(tinyImages()).prototypes.slice(0, 0..<1)
        #expect(deviation(made.elements(), from: goldens["segment.made"]) < 1e-5)
        let value = try SegmentationLoss()(model(tinyImages()), boxes, masks: masks)
        try expectParts(value, ["box", "cls", "dfl", "seg"], "segment.step.parts")
        try compareStep(model, value.total, "segment")
    }

    @Test func `a pose network's predictions and first step agree`() throws {
        let model = patterned(V8PoseEstimator(scale: tinyScale, classCount: 3, keypointCount: 5))
        #expect(deviation(try model.predict(tinyImages()).elements(), from: goldens["pose.decoded"]) < 1e-5)
        let loss = PoseLoss(sigmas: goldens["sigmas"].map(Double.init))
        let value = try loss(model(tinyImages()), boxes, keypoints: points("keypoints"))
        try expectParts(value, ["box", "cls", "dfl", "pose", "kobj"], "pose.step.parts")
        try compareStep(model, value.total, "pose")
    }

    @Test func `an oriented detector's predictions and first step agree`() throws {
        let model = patterned(V8OrientedDetector(scale: tinyScale, classCount: 3))
        #expect(deviation(try model.predict(tinyImages()).elements(), from: goldens["obb.decoded"]) < 1e-5)
        let value = try OrientedLoss()(model(tinyImages()), turned)
        try expectParts(value, ["box", "cls", "dfl"], "obb.step.parts")
        try compareStep(model, value.total, "obb")
    }

    @Test func `a classifier's logits and first step agree`() throws {
        let model = patterned(V8Classifier(scale: tinyScale, classCount: 3))
        model.setTraining(false)
        let logits = withoutGradients { model(tinyImages()) }
        #expect(deviation(logits.elements(), from: goldens["classify.logits"]) < 1e-5)
        model.setTraining(true)
        let targets = [ClassificationTarget(image: 0, label: 2), ClassificationTarget(image: 1, label: 0)]
        let value = try ClassificationLoss()(model(tinyImages()), targets)
        #expect(deviation([Float(value.sum)], from: goldens["classify.step.value"]) < 1e-5)
        try compareStep(model, value.total, "classify")
    }
}
