import ApusAugmentation
import ApusVision

extension PreparedDataset: DetectionDataset {
    public func name(of index: Int) -> String { columns.imageName(index) }

    /// Scaled as a loader scales them, where the version keeps shrunk pixels.
    public func boxes(of index: Int) -> [LabeledBox] {
        let boxes = boxes(index)
        let (size, width, height) = (storedSize(index), columns.width[index], columns.height[index])
        guard size != ImageSize(width: Int(width), height: Int(height)) else { return boxes }
        let (x, y) = (Float(size.width) / Float(width), Float(size.height) / Float(height))
        return boxes.map { labeled in
            let box = labeled.box
            let scaled = BoundingBox(minX: box.minX * x, minY: box.minY * y, maxX: box.maxX * x, maxY: box.maxY * y)
            return LabeledBox(scaled, label: labeled.label, isCrowd: labeled.isCrowd)
        }
    }

    public func image(at index: Int) throws -> Image { try image(index) }
}
