/// Metadata of an ONNX file that does not describe a model this project can run.
public enum ModelDescriptionError: Error, Equatable, CustomStringConvertible {
    case missing(key: String)
    case malformed(key: String, reason: String)

    public var description: String {
        switch self {
        case .missing(let key):
            "the model has no metadata entry \(key); export it with `apus export`, or use `apus-infer run` with arrays"
        case .malformed(let key, let reason):
            "the model's metadata entry \(key) cannot be used: \(reason); export the model again"
        }
    }
}
