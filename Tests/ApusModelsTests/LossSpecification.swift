import ApusCore
import ApusModels
import ApusTorch
import ApusVision

/// The detection loss written for reading: plain tensor operations, anchor by anchor, given an assignment.
struct LossSpecification {
    var gains = (box: 7.5, classification: 0.5, distribution: 1.5)
    let bins = 16

    /// Class logits and box logits of all anchors, `[B · anchors, …]`, with each anchor's centre and stride.
    struct Anchors {
        var boxes, scores: Tensor
        var centres: [(x: Double, y: Double, stride: Double)]
    }

    func anchors(_ output: DetectionOutput) -> Anchors {
        func rows(_ maps: [Tensor]) -> Tensor {
            let flat = maps.map { $0.reshaped([$0.size(0), $0.size(1), -1]) }
            let joined = Tensor.concatenate(flat, axis: 2).permuted([0, 2, 1])
            return joined.reshaped([-1, joined.size(2)]).to(.float64)
        }
        var centres: [(x: Double, y: Double, stride: Double)] = []
        for _ in 0..<output.boxes[0].size(0) {
            for (map, stride) in zip(output.boxes, output.strides) {
                for y in 0..<map.size(2) {
                    for x in 0..<map.size(3) { centres.append((Double(x) + 0.5, Double(y) + 0.5, Double(stride))) }
                }
            }
        }
        return Anchors(boxes: rows(output.boxes), scores: rows(output.scores), centres: centres)
    }

    /// The total, from which gradients follow by `backward`.
    func callAsFunction(
        _ output: DetectionOutput, _ targets: [DetectionTarget], owners: [Int32], scores: [Float],
        width: Double, height: Double
    ) -> Tensor {
        let anchors = anchors(output)
        let positives = owners.indices.filter { owners[$0] >= 0 }
        let count = max(scores.reduce(0) { $0 + Double($1) }, 1)
        var wanted = [Double](repeating: 0, count: anchors.scores.count)
        for index in positives {
            wanted[index * anchors.scores.size(1) + targets[Int(owners[index])].label] = Double(scores[index])
        }
        let t = Tensor(wanted, shape: anchors.scores.shape)
        var total = (anchors.scores.softplus() - anchors.scores * t).sum() * (gains.classification / count)
        for index in positives {
            let (cx, cy, stride) = anchors.centres[index]
            let target = targets[Int(owners[index])]
            let (x, y) = (Double(target.centerX) * width / stride, Double(target.centerY) * height / stride)
            let (w, h) = (Double(target.width) * width / stride, Double(target.height) * height / stride)
            let logits = anchors.boxes.slice(0, index..<index + 1).reshaped([4, bins])
            let corners = [x - w / 2, y - h / 2, x + w / 2, y + h / 2]
            let distances = [cx - corners[0], cy - corners[1], corners[2] - cx, corners[3] - cy]
            let weight = Double(scores[index]) / count
            let box = (1 - completeIoU(logits, cx, cy, corners)) * (gains.box * weight)
            let distribution = distributionLoss(logits, distances) * (gains.distribution * weight)
            total = total + box + distribution
        }
        return total * Double(output.boxes[0].size(0))
    }

    private func completeIoU(_ logits: Tensor, _ cx: Double, _ cy: Double, _ truth: [Double]) -> Tensor {
        let e = 1e-7
        let expected = logits.softmax(axis: 1).matmul(Tensor((0..<bins).map(Double.init)))
        func side(_ i: Int) -> Tensor { expected.slice(0, i..<i + 1).sum() }
        func constant(_ value: Double) -> Tensor { Tensor.full([], value, dataType: .float64) }
        let (x0, y0, x1, y1) = (cx - side(0), cy - side(1), side(2) + cx, side(3) + cy)
        let (t0, u0, t1, u1) = (constant(truth[0]), constant(truth[1]), constant(truth[2]), constant(truth[3]))
        let (w, h, tw, th) = (x1 - x0, y1 - y0 + e, t1 - t0, u1 - u0 + e)
        let positive = 0.0...Double.infinity
        let inner =
            (x1.minimum(t1) - x0.maximum(t0)).clamped(to: positive)
            * (y1.minimum(u1) - y0.maximum(u0)).clamped(to: positive)
        let overlap = inner / (w * h + tw * th - inner + e)
        let (hullWidth, hullHeight) = (x1.maximum(t1) - x0.minimum(t0), y1.maximum(u1) - y0.minimum(u0))
        let (dx, dy) = (t0 + t1 - x0 - x1, u0 + u1 - y0 - y1)
        let distance = (dx * dx + dy * dy) / 4 / (hullWidth * hullWidth + hullHeight * hullHeight + e)
        let turn = (tw / th).arcTangent() - (w / h).arcTangent()
        let v = turn * turn * (4 / (Double.pi * Double.pi))
        let alpha = (v / (v - overlap + 1 + e)).detached()
        return overlap - distance - v * alpha
    }

    private func distributionLoss(_ logits: Tensor, _ distances: [Double]) -> Tensor {
        let logProbability = logits - logits.exponential().sum(over: [1], keepingDimensions: true).logarithm()
        var share = [Double](repeating: 0, count: 4 * bins)
        for (side, distance) in distances.enumerated() {
            let clamped = min(max(distance, 0), Double(bins) - 1 - 0.01)
            let left = Int(clamped)
            share[side * bins + left] = Double(left + 1) - clamped
            share[side * bins + left + 1] = clamped - Double(left)
        }
        return -(logProbability * Tensor(share, shape: [4, bins])).sum() / 4
    }
}
