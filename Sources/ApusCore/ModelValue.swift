/// Anything that a model takes or gives.
public indirect enum ModelValue: Sendable, Equatable {
    case tensor(NDArray)
    case strings(StringArray)
    case sequence([ModelValue])
    /// A value that may be left out.
    case optional(ModelValue?)

    /// The array, where it is one.
    public var array: NDArray? {
        if case .tensor(let array) = self { array } else { nil }
    }

    /// What messages call it: "a sequence of 3".
    public var kind: String {
        switch self {
        case .tensor(let array): "\(array.dataType) \(array.shape)"
        case .strings(let array): "strings \(array.shape)"
        case .sequence(let values): "a sequence of \(values.count)"
        case .optional(nil): "an empty optional"
        case .optional(let value?): "an optional with \(value.kind)"
        }
    }
}
