import ApusCore

/// Reads every byte.
func touch(_ value: ModelValue) {
    switch value {
    case .tensor(let array): array.withUnsafeBytes { _ = $0.reduce(0, &+) }
    case .strings(let texts): _ = texts.elements.reduce(0) { $0 + $1.utf8.count }
    case .sequence(let values): values.forEach(touch)
    case .optional(let value): value.map(touch)
    }
}
