/// What a detector's batches teach of each object, beside its class.
public enum ObjectTask: String, Codable, CaseIterable, Hashable, Sendable {
    /// An upright box.
    case detect
    /// A box and a mask.
    case segment
    /// A box and keypoints.
    case pose
    /// A turned box.
    case obb
}
