import ApusAugmentation
import ApusVision

extension PreparedDataset {
    /// An image with everything that is known about places in it, in the image's own pixels.
    public func sample(at index: Int) throws(DatasetError) -> Sample {
        let (image, record, annotations) = (try image(index), record(index), annotations(index))
        let scale = Point(
            Double(image.width) / Double(max(record.width, 1)), Double(image.height) / Double(max(record.height, 1)))
        var sample = Sample(
            image: Raster(image), boxes: boxes(of: index),
            keypointMirror: classes.first { !$0.mirrored.isEmpty }?.mirrored ?? [])
        for (place, annotation) in annotations.enumerated() { sample.add(annotation, at: place, scale: scale) }
        return sample
    }
}

extension Sample {
    /// What is known of an object beside its box.
    fileprivate mutating func add(_ annotation: Annotation, at place: Int, scale: Point) {
        if let rotated = annotation.rotatedBox {
            let size = rotated.size * scale
            rotatedBoxes.append(
                ApusAugmentation.RotatedBox(
                    center: rotated.center * scale, width: size.x, height: size.y, angle: rotated.angle,
                    label: annotation.label, index: place))
        }
        switch annotation.region {
        case .polygons(let rings):
            let scaled = rings.map { ring in ring.map { $0 * scale } }
            polygons.append(Polygon(rings: scaled, label: annotation.label, index: place))
        case .mask(let mask):
            let size = ImageSize(width: mask.width, height: mask.height)
            guard size == self.size else { break }
            let bytes = mask.mask.bits.map { $0 ? UInt8(1) : 0 }
            masks.append(SampleMask("\(place)", Raster(size: size, channels: 1, uint8: bytes)))
        case nil: break
        }
        guard !annotation.keypoints.isEmpty else { return }
        keypoints.append(
            Keypoints(
                annotation.keypoints.map { landmark in
                    let point = landmark.position * scale
                    return Keypoint(x: Float(point.x), y: Float(point.y), visibility: landmark.visibility)
                }))
    }
}
