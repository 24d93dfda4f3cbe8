import ApusAugmentation
import ApusCore

/// Mixes a batch's images two by two: a function of (seed, epoch, step, pair), whichever process makes the pair.
struct PairMixer: Sendable {
    let mixing: PairMixing
    let seed: UInt64
    let epoch: Int

    private static let purpose = 1 << 28

    /// Mixes the images that a process made of a batch; `base` is where the first begins.
    func mix(
        _ images: inout [Result<MadeImage, LoaderError>?], of plan: BatchPlan, step: Int,
        at base: UnsafeMutablePointer<UInt8>
    ) {
        let imageBytes = plan.size.width * plan.size.height * 3
        for slot in stride(from: 0, to: min(images.count, plan.wholeCount - plan.first) - 1, by: 2) {
            var stream = RandomStream(
                seed: seed, epoch: epoch, sample: step, purpose: Self.purpose + (plan.first + slot) / 2)
            guard let draw = mixing.draw(for: plan.size, using: &stream), case .success(let first) = images[slot],
                case .success(let second) = images[slot + 1]
            else { continue }
            let share = PairMixing.apply(
                draw, PixelView(base + slot * imageBytes, size: plan.size),
                PixelView(base + (slot + 1) * imageBytes, size: plan.size))
            images[slot] = .success(first.sharing(with: second, share: share))
            images[slot + 1] = .success(second.sharing(with: first, share: share))
        }
    }
}

extension MadeImage {
    /// With the classes of another image, which it was mixed with.
    fileprivate func sharing(with other: MadeImage, share: Float) -> MadeImage {
        var result = self
        result.labels = labels.map { ImageLabel($0.label, share: $0.share * share) }
        result.labels += other.labels.map { ImageLabel($0.label, share: $0.share * (1 - share)) }
        return result
    }
}
