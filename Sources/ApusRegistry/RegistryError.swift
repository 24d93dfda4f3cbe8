import ApusCore
import ApusONNX

/// A registered model that cannot be made, read, copied or compared.
public enum RegistryError: Error, Equatable, CustomStringConvertible {
    case file(FileError)
    /// The file is no ONNX model, or a damaged one.
    case model(file: String, GraphError)
    /// The model is one, and our runtime cannot run it.
    case notRunnable(file: String, problem: String)
    /// A link in a model's folder that leads out of it.
    case linkOutside(String)
    /// Files of a model stay within these bounds.
    case tooMany(folder: String, limit: Int)
    case folderTaken(String)
    /// What is in the folder is another model.
    case otherVersion(String)

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .model(let file, let error):
            error.description.hasPrefix(file) ? error.description : "\(file): \(error.description)"
        case .notRunnable(let file, let problem):
            "\(file) cannot be run: \(problem.hasPrefix(file + ": ") ? String(problem.dropFirst(file.count + 2)) : problem)"
        case .linkOutside(let path): "\(path) is a link that leads out of the model's folder; put the file itself there"
        case .tooMany(let folder, let limit):
            "\(folder) holds more than \(limit) files, which is no model's folder; check the path"
        case .folderTaken(let path):
            "\(path) is there but the registry does not know it; move it away"
        case .otherVersion(let path): "\(path) holds another model of this name and version, or a damaged copy; remove it, or choose an empty folder"
        }
    }
}

/// Runs a file operation, its error made one of the registry.
func onFiles<R>(_ body: () throws(FileError) -> R) throws(RegistryError) -> R {
    do throws(FileError) { return try body() } catch { throw .file(error) }
}
