import ApusVision

/// Images with boxes, as the loader reads them: from several threads at once, in any order.
public protocol DetectionDataset: Sendable {
    var imageCount: Int { get }

    /// What errors call the image.
    func name(of index: Int) -> String

    /// The boxes in the pixels of `image(at: index)`.
    func boxes(of index: Int) -> [LabeledBox]

    func image(at index: Int) throws -> Image
}
