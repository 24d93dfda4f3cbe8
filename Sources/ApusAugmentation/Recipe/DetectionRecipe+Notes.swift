import ApusCore
import ApusVision

extension DetectionRecipe {
    /// What `render` makes of a position, as a sample, and what was drawn for it in lines for people.
    public func recorded<Failure>(
        _ position: Int, of source: Source<Failure>, key: SampleKey
    ) throws(Failure) -> (sample: Sample, notes: [String]) {
        let sample = try rendered(position, of: source, key: key)
        let notes = notes(for: key, count: source.count)
        guard let transforms else { return (sample, notes) }
        let (result, replay) = try transforms.recording(sample, key: key, source: partners(of: source, key))
        return (result, notes + replay.applied.map(\.note))
    }

    /// The recipe's own draws for a key, taken from its streams again.
    private func notes(for key: SampleKey, count: Int) -> [String] {
        [
            pictureTransforms.map { "picture_transforms: " + $0.transformNames.joined(separator: " ") },
            mosaicNote(key.stream(Purpose.mosaic.rawValue), count), affineNote(key), mixUpNote(key),
            hsvNote(key.stream(Purpose.hsv.rawValue)),
            happens(.verticalFlip, verticalFlipProbability, key) ? "flipud" : nil,
            happens(.horizontalFlip, horizontalFlipProbability, key) ? "fliplr" : nil,
        ].compactMap { $0 }
    }

    private func happens(_ purpose: Purpose, _ probability: Double, _ key: SampleKey) -> Bool {
        var stream = key.stream(purpose.rawValue)
        return stream.happens(probability)
    }

    private func mosaicNote(_ stream: RandomStream, _ count: Int) -> String? {
        var stream = stream
        guard stream.happens(mosaicProbability) else { return nil }
        let partners = (0..<3).map { _ in stream.index(below: count) }
        let center = mosaic.draw(using: &stream)
        return "mosaic: with \(partners) around (\(center.centerX), \(center.centerY))"
    }

    private func affineNote(_ key: SampleKey) -> String? {
        let isMosaic = happens(.mosaic, mosaicProbability, key)
        var stream = key.stream(Purpose.affine.rawValue)
        let draw = affine.draw(for: isMosaic ? ImageSize(square: 2 * imageSize) : frame, using: &stream)
        return "affine: scale \(DrawText.line(draw.scale)) map \(DrawText.line(draw.map))"
    }

    private func mixUpNote(_ key: SampleKey) -> String? {
        var stream = key.stream(Purpose.mixUp.rawValue)
        return mixUp.draw(using: &stream).map { "mixup: share \(DrawText.line($0))" }
    }

    private func hsvNote(_ stream: RandomStream) -> String? {
        var stream = stream
        guard hsv.hue != 0 || hsv.saturation != 0 || hsv.value != 0 else { return nil }
        let gains = [hsv.hue, hsv.saturation, hsv.value].map { stream.uniform(-$0, $0) }
        return "hsv: \(DrawText.line(gains))"
    }
}
