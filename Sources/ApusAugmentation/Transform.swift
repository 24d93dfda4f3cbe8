import ApusCore
import ApusVision

/// A random change of a sample: drawn once, then applied alike to the image and to every place marked in it.
public protocol Transform: Sendable {
    /// The numbers that settle what one application does.
    associatedtype Draw

    /// Draws for an image of this size; `nil` leaves the sample alone.
    func draw(for size: ImageSize, using generator: inout some RandomNumberGenerator) -> Draw?

    func apply(_ draw: Draw, to image: Image) -> Image

    /// Where a point of an image of this size comes to lie. By default it stays.
    func apply(_ draw: Draw, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float>

    /// Where a box comes to lie, the parts outside the new image included. By default the hull of its moved corners.
    func apply(_ draw: Draw, to box: BoundingBox, in size: ImageSize) -> BoundingBox

    /// Whether what is left of a box after moving and clipping still shows its object.
    func keeps(_ box: BoundingBox, of original: BoundingBox, after draw: Draw) -> Bool
}

extension Transform {
    public func apply(_ draw: Draw, to point: SIMD2<Float>, in size: ImageSize) -> SIMD2<Float> { point }

    public func apply(_ draw: Draw, to box: BoundingBox, in size: ImageSize) -> BoundingBox {
        box.hull { apply(draw, to: $0, in: size) }
    }

    public func keeps(_ box: BoundingBox, of original: BoundingBox, after draw: Draw) -> Bool { box.area > 0 }

    /// Draws once and moves everything in the sample by it.
    public func callAsFunction(_ sample: Sample, using generator: inout some RandomNumberGenerator) -> Sample {
        guard let draw = draw(for: sample.image.size, using: &generator) else { return sample }
        let image = apply(draw, to: sample.image)
        return Sample(
            image: image,
            boxes: move(sample.boxes, by: draw, from: sample.image.size, to: image.size),
            keypoints: move(sample.keypoints, by: draw, from: sample.image.size, to: image.size))
    }

    /// The boxes moved, clipped to the new image, and without those of which too little is left.
    func move(_ boxes: [LabeledBox], by draw: Draw, from size: ImageSize, to newSize: ImageSize) -> [LabeledBox] {
        boxes.compactMap { labeled in
            let box = apply(draw, to: labeled.box, in: size)
                .clipped(width: Float(newSize.width), height: Float(newSize.height))
            guard keeps(box, of: labeled.box, after: draw) else { return nil }
            return LabeledBox(box, label: labeled.label, isCrowd: labeled.isCrowd)
        }
    }

    /// Points keep their place in the list; one that leaves the image is absent from then on.
    func move(_ keypoints: [Keypoints], by draw: Draw, from size: ImageSize, to newSize: ImageSize) -> [Keypoints] {
        keypoints.map { object in
            Keypoints(
                object.points.map { point in
                    guard point.visibility != .absent else { return point }
                    let position = apply(draw, to: SIMD2(point.x, point.y), in: size)
                    return Keypoint(x: position.x, y: position.y, visibility: point.visibility)
                        .clipped(width: Float(newSize.width), height: Float(newSize.height))
                })
        }
    }
}

extension RandomNumberGenerator {
    /// Whether an event of this probability happens; takes one draw in every case.
    mutating func happens(_ probability: Double) -> Bool { Double(uniform()) < probability }

    /// Uniform between the bounds, with 24 bits.
    mutating func uniform(_ low: Double, _ high: Double) -> Double { low + (high - low) * Double(uniform()) }

    /// One of `0..<count`, every one as likely.
    mutating func index(below count: Int) -> Int { Int.random(in: 0..<count, using: &self) }
}

extension RandomNumberGenerator {
    /// One of the odd numbers in `range`, or the odd number above it where there is none.
    mutating func oddNumber(in range: ClosedRange<Int>) -> Int {
        let first = range.lowerBound | 1
        return first + 2 * index(below: max((range.upperBound - first) / 2, 0) + 1)
    }
}
