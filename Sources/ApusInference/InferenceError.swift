import ApusConfiguration
import ApusCore
import ApusONNX
import ApusRuntime
import ApusVision

/// A model that cannot be used for a task: which file, what was expected, what was found, what to do.
public enum InferenceError: Error, Equatable, CustomStringConvertible {
    /// The file is no ONNX model.
    case model(file: String, GraphError)
    /// The model cannot be made ready, or failed on an image.
    case runtime(file: String, RuntimeError)
    /// Its metadata do not say how to use it.
    case description(file: String, ModelDescriptionError)
    case task(file: String, expected: ModelDescription.Task, found: ModelDescription.Task)
    /// Inputs or outputs of another form than the metadata promise.
    case signature(file: String, expected: String, found: String)
    /// The sidecar is no YAML of the right form.
    case configuration(ConfigurationError)
    /// The sidecar does not fit the model.
    case sidecar(file: String, expected: String, found: String, remedy: String)
    /// Nobody says how the model is fed and read, and its signature does not tell.
    case unknownUse(file: String, signature: String)
    case image(file: String, problem: String)

    public var description: String {
        switch self {
        case .model(let file, let error): Self.naming(file, error.description)
        case .runtime(let file, let error): Self.naming(file, error.description)
        case .description(let file, let error): Self.naming(file, error.description)
        case .task(let file, let expected, let found):
            "\(file): a model to \(found.rawValue), expected one to \(expected.rawValue); `apus-infer run` takes any"
        case .signature(let file, let expected, let found):
            "\(file): expected \(expected), found \(found); correct its sidecar or export it again"
        case .configuration(let error): error.description
        case .sidecar(let file, let expected, let found, let remedy):
            "\(file): expected \(expected), found \(found); \(remedy)"
        case .unknownUse(let file, let signature):
            "\(file): its outputs are of no known form (\(signature)); say in a sidecar how it is fed (preprocess: "
                + "size, fit, channels, scale, mean, std) and read (decode: format, one of \(FormatName.list)), beside it as "
                + "\(Sidecar.path(beside: file)) or with --sidecar"
        case .image(let file, let problem): "\(file): \(problem); give another image or size"
        }
    }

    /// Errors from reading the file name it already.
    private static func naming(_ file: String, _ text: String) -> String {
        text.hasPrefix(file) ? text : "\(file): \(text)"
    }
}
