import ApusAugmentation
import ApusVision

/// Images with objects, as the loader reads them: from several threads at once, in any order.
public protocol DetectionDataset: Sendable {
    var imageCount: Int { get }

    /// What errors call the image.
    func name(of index: Int) -> String

    /// The boxes in the pixels of `image(at: index)`.
    func boxes(of index: Int) -> [LabeledBox]

    /// What else is known of the boxes' objects, in their order and in the same pixels. By default nothing.
    func annotations(of index: Int) -> [Annotation]

    /// The size of `image(at: index)`; `nil` where only decoding tells.
    func size(of index: Int) -> ImageSize?

    /// What is known of the classes; empty for nothing.
    var classes: [AnnotationClass] { get }

    func image(at index: Int) throws -> Image
}

extension DetectionDataset {
    public func annotations(of index: Int) -> [Annotation] {
        boxes(of: index).map { labeled in
            var annotation = Annotation(label: labeled.label, box: AnnotatedBox(labeled.box))
            annotation.flags = labeled.isCrowd ? .crowd : []
            return annotation
        }
    }

    public func size(of index: Int) -> ImageSize? { nil }

    public var classes: [AnnotationClass] { [] }
}

extension DetectionDataset {
    /// The keypoints that the classes' skeletons have in common; `nil` where no class has any.
    ///
    /// - Throws: `LoaderError.unsuitable` where they differ.
    func skeleton() throws(LoaderError) -> AnnotationClass? {
        let skeletons = classes.filter { !$0.keypoints.isEmpty }
        guard let first = skeletons.first else { return nil }
        if let other = skeletons.first(where: { $0.keypoints.count != first.keypoints.count }) {
            throw .unsuitable(
                task: "pose",
                reason:
                    "\(first.name) has \(first.keypoints.count) keypoints and \(other.name) \(other.keypoints.count)",
                remedy: "train classes of one skeleton, dropping the others with recipe.classes.drop")
        }
        return first
    }
}
