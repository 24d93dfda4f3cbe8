/// What keeps a batch from being made.
public enum LoaderError: Error, Equatable, CustomStringConvertible {
    /// An image that can be read no more, though it could when the dataset was prepared.
    case unreadableImage(name: String, index: Int, reason: String)
    case emptyImage(name: String, index: Int)
    /// A number that makes no sense, or not with the others.
    case badSetting(key: String, found: String, expected: String)
    /// Labels that do not say what the task is to learn.
    case unsuitable(task: String, reason: String, remedy: String)

    public var description: String {
        switch self {
        case .unreadableImage(let name, let index, let reason):
            "image \(index) (\(name)) cannot be read: \(reason); prepare the dataset again"
        case .emptyImage(let name, let index):
            "image \(index) (\(name)) has no pixels; prepare the dataset again"
        case .badSetting(let key, let found, let expected): "\(key) is \(found), expected \(expected)"
        case .unsuitable(let task, let reason, let remedy): "\(task): \(reason); \(remedy)"
        }
    }
}
