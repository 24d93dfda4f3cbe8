/// A file of weights that cannot be read: where, what was expected there, what was found, and what helps.
public struct CheckpointError: Error, Equatable, CustomStringConvertible {
    /// Empty until it is known.
    public var path = ""
    /// The byte of the file at which reading stopped, where there is one.
    public var offset: Int?
    public var expected: String
    public var found: String
    public var remedy: String

    init(at offset: Int? = nil, expected: String, found: String, remedy: String = "") {
        (self.offset, self.expected, self.found, self.remedy) = (offset, expected, found, remedy)
    }

    /// The error without the path.
    public var reason: String {
        let place = offset.map { "at byte \($0) " } ?? ""
        return "\(place)expected \(expected), found \(found)" + (remedy.isEmpty ? "" : "; \(remedy)")
    }

    public var description: String { "\(path.isEmpty ? "the weights" : path) cannot be read: \(reason)" }
}
