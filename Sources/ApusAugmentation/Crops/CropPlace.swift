import ApusConfiguration
import ApusCore

/// Where crops lie.
enum CropPlace {
    /// A part of so many pixels, or as many as there are, at fractions (0…1) of the places that it can have.
    static func part(
        _ part: ImageSize, of size: ImageSize, at fraction: Point, output: ImageSize? = nil
    ) -> CropFrame {
        let (width, height) = (min(max(part.width, 1), size.width), min(max(part.height, 1), size.height))
        let x = min(Int(Double(size.width - width + 1) * fraction.x), size.width - width)
        let y = min(Int(Double(size.height - height + 1) * fraction.y), size.height - height)
        return CropFrame(x: x, y: y, size: ImageSize(width: width, height: height), output: output)
    }

    static func random(
        _ part: ImageSize, of size: ImageSize, output: ImageSize? = nil, using stream: inout RandomStream
    ) -> CropFrame {
        let y = stream.uniform(0, 1)
        return self.part(part, of: size, at: Point(stream.uniform(0, 1), y), output: output)
    }

    static func center(_ part: ImageSize, of size: ImageSize, output: ImageSize? = nil) -> CropFrame {
        let (width, height) = (min(max(part.width, 1), size.width), min(max(part.height, 1), size.height))
        return CropFrame(
            x: (size.width - width) / 2, y: (size.height - height) / 2, size: ImageSize(width: width, height: height),
            output: output)
    }

    /// The corners brought into the image, at least a pixel apart.
    static func between(_ low: (x: Int, y: Int), _ high: (x: Int, y: Int), of size: ImageSize) -> CropFrame {
        let (left, top) = (low.x.clamped(to: 0...size.width - 1), low.y.clamped(to: 0...size.height - 1))
        let (right, bottom) = (high.x.clamped(to: left + 1...size.width), high.y.clamped(to: top + 1...size.height))
        return CropFrame(x: left..<right, y: top..<bottom)
    }
}

/// What crops do with images that are smaller than they.
public struct CropPadding: Hashable, Sendable {
    /// Otherwise such an image is cropped to what there is of it.
    public var isOn = false
    public var position = PadPosition.center
    public var border = BorderMode.constant
    public var fill = Fill.zero
    public var maskFill = Fill.zero

    mutating func bind(_ parameters: inout Parameters) throws(ConfigurationError) {
        try parameters.flag("pad_if_needed", &isOn)
        try parameters.choice("pad_position", &position)
        try parameters.border(&border, fill: &fill, mask: &maskFill)
    }

    func padding(of size: ImageSize, to target: ImageSize, using stream: inout RandomStream) -> Padding {
        isOn ? Padding.reaching(target, from: size).placed(position, using: &stream) : Padding()
    }
}

extension CropFrame {
    /// The same rectangle where it was told in the padded image.
    func before(_ padding: Padding) -> CropFrame {
        var result = self
        (result.x, result.y) = (x - padding.left, y - padding.top)
        return result
    }
}

extension ImageSize {
    func padded(by padding: Padding) -> ImageSize {
        ImageSize(width: width + padding.left + padding.right, height: height + padding.top + padding.bottom)
    }
}

/// A crop of which the image may be padded before.
public protocol PaddedCrop: FramingTransform {
    var padding: CropPadding { get }
}

extension PaddedCrop {
    public static var standardProbability: Double { 1 }
    public var border: BorderMode { padding.border }
    public var fill: Fill { padding.fill }
    public var maskFill: Fill { padding.maskFill }
}
