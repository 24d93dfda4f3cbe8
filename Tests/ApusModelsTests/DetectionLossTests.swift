import ApusCore
import ApusModels
import ApusTorch
import Testing
import ApusVision

@Suite struct DetectionLossTests {
    /// Maps of a 128×96 image pair, and boxes of many sizes that crowd.
    private func example(seed: UInt64) -> (output: DetectionOutput, targets: [DetectionTarget]) {
        var stream = RandomStream(seed: seed)
        func map(_ channels: Int, _ stride: Int) -> Tensor {
            let shape: Shape = [2, channels, 96 / stride, 128 / stride]
            let values = (0..<shape.count).map { _ in stream.uniform(in: -2...2) }
            return Tensor(values, shape: shape).channelsLast().requiringGradient()
        }
        let boxes = [8, 16, 32].map { map(64, $0) }
        let scores = [8, 16, 32].map { map(5, $0) }
        let targets = (0..<14).map { index in
            DetectionTarget(
                image: index % 2, label: index % 5, centerX: stream.uniform(in: 0.1...0.9),
                centerY: stream.uniform(in: 0.1...0.9), width: stream.uniform(in: 0.05...0.8),
                height: stream.uniform(in: 0.05...0.8))
        }
        return (DetectionOutput(boxes: boxes, scores: scores, strides: [8, 16, 32]), targets)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func `the fused loss and its gradients equal the specification`(seed: UInt64) throws {
        let (fused, targets) = example(seed: seed)
        let value = try DetectionLoss()(fused, targets)
        try value.total.backward()

        let (plain, _) = example(seed: seed)
        let (owners, scores) = try DetectionLoss().assignment(plain, targets)
        let total = LossSpecification()(plain, targets, owners: owners, scores: scores, width: 128, height: 96)
        try total.backward()

        #expect(value.positives > 10)
        #expect(deviation([Float(value.total.item())], from: [Float(total.item())]) < 1e-5)
        for (a, b) in zip(fused.boxes + fused.scores, plain.boxes + plain.scores) {
            #expect(deviation(a.gradient!.elements(), from: b.gradient!.elements()) < 1e-5)
        }
    }

    @Test func `every positive lies inside its box and no box has more than its share`() throws {
        let (output, targets) = example(seed: 5)
        let (owners, scores) = try DetectionLoss().assignment(output, targets)
        let centres = LossSpecification().anchors(output).centres
        for (index, owner) in owners.enumerated() where owner >= 0 {
            let target = targets[Int(owner)]
            #expect(target.image == index / (centres.count / 2))
            let (x, y) = (centres[index].x * centres[index].stride / 128, centres[index].y * centres[index].stride / 96)
            #expect(abs(x - Double(target.centerX)) < Double(target.width) / 2)
            #expect(abs(y - Double(target.centerY)) < Double(target.height) / 2)
            #expect((0...1).contains(scores[index]))
        }
    }

    @Test func `the order of boxes changes nothing`() throws {
        let (output, targets) = example(seed: 6)
        let (a, b) = try (DetectionLoss()(output, targets), DetectionLoss()(output, targets.reversed()))
        #expect(abs(a.sum - b.sum) < 1e-5 * a.sum)
        #expect(a.positives == b.positives)
    }

    @Test func `degenerate boxes are ignored and impossible ones refused`() throws {
        let (output, _) = example(seed: 7)
        func target(label: Int = 0, image: Int = 0, x: Float = 0.5, width: Float = 0) -> DetectionTarget {
            DetectionTarget(image: image, label: label, centerX: x, centerY: 0.5, width: width, height: width)
        }
        let outside = [
            target(), target(x: .nan), target(width: .infinity), target(x: 5, width: 0.1), target(width: -1),
        ]
        #expect(try DetectionLoss()(output, outside).positives == 0)
        #expect(throws: TorchError.self) { try DetectionLoss()(output, [target(label: 5)]) }
        #expect(throws: TorchError.self) { try DetectionLoss()(output, [target(image: 2)]) }
        #expect(throws: TorchError.self) { try DetectionLoss()(output, [target(label: -1)]) }
    }

    @Test func `a score that is not a number makes the loss so`() throws {
        var (output, targets) = example(seed: 8)
        output.scores[0] = output.scores[0].detached() * .nan
        #expect(try DetectionLoss()(output, targets).sum.isNaN)
    }
}
