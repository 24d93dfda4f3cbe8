import ApusCore
import ApusVision
import Foundation

@testable import ApusAugmentation

/// The goldens that Oracles/make_goldens.py wrote.
enum Goldens {
    static let folder = (#filePath as NSString).deletingLastPathComponent + "/Oracles/"

    struct Cases: Decodable {
        struct Case: Decodable {
            var name: String
            var boxes: [[Float]]
            var matrix: [Double]?
            var rotation, scale: Double?
        }
        var boxes: [[Float]]
        var cases: [Case]
    }

    static func cases() throws -> Cases {
        try JSONDecoder().decode(Cases.self, from: Data(try FileSystem.read(folder + "cases.json")))
    }

    static func image(_ name: String) throws -> Image {
        let array = try NPYFile.read(folder + name + ".npy")
        return Image(
            width: array.shape[1], height: array.shape[0], channels: array.shape[2], pixels: array.elements())
    }
}

extension BoundingBox {
    init(_ corners: [Float]) { self.init(minX: corners[0], minY: corners[1], maxX: corners[2], maxY: corners[3]) }

    func isClose(to other: BoundingBox, within tolerance: Float) -> Bool {
        max(abs(minX - other.minX), abs(minY - other.minY), abs(maxX - other.maxX), abs(maxY - other.maxY)) <= tolerance
    }

    func grown(by margin: Float) -> BoundingBox {
        BoundingBox(minX: minX - margin, minY: minY - margin, maxX: maxX + margin, maxY: maxY + margin)
    }

    func contains(_ other: BoundingBox) -> Bool {
        minX <= other.minX && minY <= other.minY && maxX >= other.maxX && maxY >= other.maxY
    }
}

/// The largest and the mean difference of two images' bytes.
func differences(_ a: Image, _ b: Image) -> (largest: Int, mean: Double) {
    precondition(a.size == b.size && a.channels == b.channels, "images of two shapes")
    let each = zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }
    return (each.max() ?? 0, Double(each.reduce(0, +)) / Double(max(each.count, 1)))
}

/// An image of noise.
func noise(width: Int, height: Int, channels: Int = 3, seed: UInt64 = 1) -> Image {
    var stream = RandomStream(seed: seed)
    let pixels = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &stream) }
    return Image(width: width, height: height, channels: channels, pixels: pixels)
}

/// A grey image with one rectangle of pure red, and the box around it.
func redRectangle(_ size: ImageSize, x: Range<Int>, y: Range<Int>) -> LabeledImage {
    var image = Image(width: size.width, height: size.height, color: [114, 114, 114])
    for row in y {
        for column in x {
            image.pixels.replaceSubrange(
                (row * size.width + column) * 3..<(row * size.width + column + 1) * 3, with: [255, 0, 0])
        }
    }
    let box = BoundingBox(
        minX: Float(x.lowerBound), minY: Float(y.lowerBound), maxX: Float(x.upperBound), maxY: Float(y.upperBound))
    return LabeledImage(image: image, boxes: [LabeledBox(box, label: 3)])
}

/// The box around the pixels that are more red than grey; `nil` where there are none.
func redBox(in image: Image) -> BoundingBox? {
    let red = (0..<image.width * image.height).filter {
        Int(image.pixels[$0 * 3]) - Int(image.pixels[$0 * 3 + 1]) > 128
    }
    let (columns, rows) = (red.map { $0 % image.width }, red.map { $0 / image.width })
    guard let left = columns.min(), let right = columns.max(), let top = rows.min(), let bottom = rows.max() else {
        return nil
    }
    return BoundingBox(minX: Float(left), minY: Float(top), maxX: Float(right + 1), maxY: Float(bottom + 1))
}

/// Bytes of noise, or floats of noise between 0 and 1.
func noiseRaster(width: Int, height: Int, channels: Int = 3, isFloat: Bool = false, seed: UInt64 = 1) -> Raster {
    let size = ImageSize(width: width, height: height)
    var stream = RandomStream(seed: seed)
    let bytes = (0..<width * height * channels).map { _ in UInt8.random(in: 0...255, using: &stream) }
    return isFloat
        ? Raster(size: size, channels: channels, float32: bytes.map { Float($0) / 255 })
        : Raster(size: size, channels: channels, uint8: bytes)
}

extension Image {
    /// The image after `body` wrote its pixels where they lie.
    func written(_ body: (PixelView) -> Void) -> Image {
        var result = self
        result.pixels.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            body(PixelView(base, size: size, channels: channels))
        }
        return result
    }
}

extension LabeledImage {
    /// As a pipeline takes it; there is no skeleton to mirror.
    var sample: Sample { asSample(mirror: []) }
}
