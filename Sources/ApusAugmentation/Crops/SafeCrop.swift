import ApusCore
import ApusVision

/// The draw of crops that lose no box.
enum SafeCrop {
    /// A part around all boxes, of which a part `erosion` of their union's sides may be lost.
    static func frame(_ sample: Sample, erosion: Double, using stream: inout RandomStream) -> CropFrame {
        let size = sample.size
        guard let union = union(of: sample.boxes, in: size, erosion: erosion) else {
            return free(size, erosion: erosion, using: &stream)
        }
        let (width, height) = (Double(size.width), Double(size.height))
        let left = Int(Double(union.minX) * stream.uniform(0, 1))
        let top = Int(Double(union.minY) * stream.uniform(0, 1))
        let right = Int(Double(union.maxX) + (width - Double(union.maxX)) * stream.uniform(0, 1))
        let bottom = Int(Double(union.maxY) + (height - Double(union.maxY)) * stream.uniform(0, 1))
        return CropPlace.between((left, top), (right, bottom), of: size)
    }

    /// The box around all boxes, each side moved in; `nil` where that leaves nothing.
    static func union(of boxes: [SampleBox], in size: ImageSize, erosion: Double) -> BoundingBox? {
        guard let all = BoundingBox(around: boxes.flatMap { $0.box.clipped(to: size).corners }) else { return nil }
        guard erosion < 1 else { return nil }
        // One box alone is kept whole, as Albumentations does.
        let erosion = Float(boxes.count == 1 ? 0 : erosion / 2)
        let eroded = BoundingBox(
            minX: all.minX + erosion * all.width, minY: all.minY + erosion * all.height,
            maxX: all.maxX - erosion * all.width, maxY: all.maxY - erosion * all.height)
        return eroded.width > 0 && eroded.height > 0 ? eroded : nil
    }

    /// A part of the image's shape where there are no boxes.
    private static func free(_ size: ImageSize, erosion: Double, using stream: inout RandomStream) -> CropFrame {
        let lowest = max(Int(Double(size.height) * (1 - erosion)), 1)
        let height = lowest >= size.height ? size.height : stream.integer(lowest...size.height)
        let part = ImageSize(width: height * size.width / size.height, height: height)
        return CropPlace.random(part, of: size, using: &stream)
    }
}
