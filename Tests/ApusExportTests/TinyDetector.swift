import ApusCore
import ApusModels
import ApusNN
import ApusTorch
import ApusVision

/// A v8-style detector of a few channels with statistics and biases as after training.
enum TinyDetector {
    static let labels = ["shirt", "shoe", "bag"]

    static func make(seed: UInt64 = 3) -> V8Detector {
        let detector = V8Detector(
            scale: V8Scale(depth: 0.34, width: 0.06, maxChannels: 512), classCount: labels.count, seed: seed)
        var random = RandomStream(seed: seed, purpose: 1)
        func draw(like tensor: Tensor, _ range: ClosedRange<Float>) -> Tensor {
            Tensor((0..<tensor.count).map { _ in random.uniform(in: range) }, shape: tensor.shape)
        }
        for case let (_, normalization as BatchNorm2D) in detector.modules() {
            normalization.runningMean.assign(draw(like: normalization.runningMean, -0.5...0.5))
            normalization.runningVariance.assign(draw(like: normalization.runningVariance, 0.05...2))
            withoutGradients {
                normalization.weight.assign(draw(like: normalization.weight, 0.5...2))
                normalization.bias.assign(draw(like: normalization.bias, -0.5...0.5))
            }
        }
        // Scores around a half, so that boxes are found, and boxes of many sizes.
        for branch in detector.head.cv2 + detector.head.cv3 {
            for parameter in [branch.last.weight, branch.last.bias].compactMap({ $0 }) {
                parameter.assign(draw(like: parameter, -1...1))
            }
        }
        return detector
    }

    static func description(width: Int = 96, height: Int = 64) -> ModelDescription {
        ModelDescription(
            task: .detect, labels: labels,
            input: InputSpecification(letterbox: LetterboxSpecification(width: width, height: height)),
            name: "tiny", version: "1", training: ["dataset": "none"])
    }

    /// Noise in blobs, of several shapes.
    static func images() -> [Image] {
        var random = RandomStream(seed: 11)
        return [(120, 80), (64, 64), (33, 90)].map { width, height in
            Image(uninitializedWidth: width, height: height, channels: 3) { pixels in
                for index in pixels.indices { pixels[index] = UInt8(truncatingIfNeeded: random.next() >> 32) }
            }.resized(width: width * 2, height: height * 2)
        }
    }
}
