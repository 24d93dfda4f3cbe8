import ApusAugmentation
import ApusVision

extension PreparedDataset: DetectionDataset {
    public func name(of index: Int) -> String { columns.imageName(index) }

    /// Scaled as a loader scales them, where the version keeps shrunk pixels.
    public func boxes(of index: Int) -> [LabeledBox] {
        let boxes = boxes(index)
        guard let scale = shrinking(of: index) else { return boxes }
        let (x, y) = (scale.x, scale.y)
        return boxes.map { labeled in
            let box = labeled.box
            let scaled = BoundingBox(minX: box.minX * x, minY: box.minY * y, maxX: box.maxX * x, maxY: box.maxY * y)
            return LabeledBox(scaled, label: labeled.label, isCrowd: labeled.isCrowd)
        }
    }

    public func annotations(of index: Int) -> [Annotation] {
        let annotations = annotations(index)
        guard let scale = shrinking(of: index) else { return annotations }
        return annotations.map { $0.scaled(by: Point(Double(scale.x), Double(scale.y))) }
    }

    public func size(of index: Int) -> ImageSize? { storedSize(index) }

    public func image(at index: Int) throws -> Image { try image(index) }

    /// The kept image's extents as parts of the whole one's; `nil` where they are the same.
    private func shrinking(of index: Int) -> SIMD2<Float>? {
        let (size, width, height) = (storedSize(index), columns.width[index], columns.height[index])
        guard size != ImageSize(width: Int(width), height: Int(height)) else { return nil }
        return SIMD2(Float(size.width) / Float(width), Float(size.height) / Float(height))
    }
}
