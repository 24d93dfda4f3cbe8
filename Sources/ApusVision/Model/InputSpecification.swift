/// What a model expects of its pixels: `(value · scale − mean) / std` for each channel, in planes.
public struct InputSpecification: Codable, Hashable, Sendable {
    public enum ChannelOrder: String, Codable, Sendable, CaseIterable { case rgb = "RGB", bgr = "BGR" }

    public var letterbox: LetterboxSpecification
    /// Of classifiers: to which the shorter side of an image is resized before the middle is cut out, as torchvision's
    /// `Resize` and `CenterCrop`; where it is missing, images are scaled to cover the input.
    public var shorterSide: Int?
    public var channelOrder: ChannelOrder
    public var scale: Float
    /// One value a channel, in `channelOrder`.
    public var mean, std: [Float]

    public init(
        letterbox: LetterboxSpecification, shorterSide: Int? = nil, channelOrder: ChannelOrder = .rgb,
        scale: Float = 1 / 255,
        mean: [Float] = [0, 0, 0], std: [Float] = [1, 1, 1]
    ) {
        (self.letterbox, self.shorterSide) = (letterbox, shorterSide)
        self.channelOrder = channelOrder
        self.scale = scale
        (self.mean, self.std) = (mean, std)
    }

    /// Why no image can be brought into this form; `nil` where one can.
    var problem: String? {
        let sides = 1...16_384
        guard sides.contains(letterbox.width), sides.contains(letterbox.height) else {
            return "an input of \(letterbox.width)×\(letterbox.height), expected sides from 1 to 16384"
        }
        let least = max(letterbox.width, letterbox.height)
        if let shorterSide, !(least...sides.upperBound).contains(shorterSide) {
            return "images resized to \(shorterSide), expected \(least) to \(sides.upperBound)"
        }
        guard mean.count == 3, std.count == 3 else {
            return "\(mean.count) means and \(std.count) deviations, expected 3 of each"
        }
        guard (mean + std + [scale]).allSatisfy(\.isFinite), scale > 0, std.allSatisfy({ $0 > 0 }) else {
            return "scale and std must be finite and positive, mean finite"
        }
        return nil
    }
}
