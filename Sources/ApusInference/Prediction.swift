import ApusVision

/// What a model says of one image, for a file or a pipe.
public struct Prediction: Sendable {
    /// What was found, by the model's task.
    public enum Result: Hashable, Sendable {
        case detections([Detection])
        case segments([Segment])
        case poses([Pose])
        case oriented([OrientedDetection])
        case classifications([Classification])
        /// A class for each pixel of the image.
        case classMap(IndexImage)
    }

    /// The image's path, as it was given.
    public var image: String
    public var width, height: Int
    public var result: Result
    /// From reading the file to the result.
    public var milliseconds: Double

    public init(image: String, width: Int, height: Int, result: Result, milliseconds: Double) {
        (self.image, self.width, self.height) = (image, width, height)
        (self.result, self.milliseconds) = (result, milliseconds)
    }
}
