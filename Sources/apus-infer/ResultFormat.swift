import ApusArguments
import ApusInference

/// What `predict` prints or writes.
enum ResultFormat: String, CaseIterable, ExpressibleByArgument {
    /// For people.
    case table
    /// One object an image and line.
    case json
    /// One list of COCO results over all images.
    case coco
    /// A label file an image, in the folder of --output.
    case yolo
}

extension MaskForm: ExpressibleByArgument {}
