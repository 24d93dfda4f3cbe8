import ApusVision

/// JPEG and PNG files and their boxes, read anew whenever one is asked for.
public struct ImageFilesDataset: DetectionDataset {
    public struct Item: Hashable, Sendable {
        public var path: String
        /// In pixels of the image as it is shown, after EXIF orientation.
        public var boxes: [LabeledBox]

        public init(path: String, boxes: [LabeledBox] = []) { (self.path, self.boxes) = (path, boxes) }
    }

    public let items: [Item]

    public init(_ items: [Item]) { self.items = items }

    public var imageCount: Int { items.count }

    public func name(of index: Int) -> String { items[index].path }

    public func boxes(of index: Int) -> [LabeledBox] { items[index].boxes }

    public func image(at index: Int) throws -> Image { try Image(contentsOf: items[index].path) }
}
