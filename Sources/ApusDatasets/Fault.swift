/// One thing that is wrong with one sample, where it stands, and what was done about it.
public struct Fault: Codable, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
        case unreadableFolder, missingImage, unreadableImage, emptyFile, truncatedImage, corruptImage
        case unsupportedImage, duplicateImage, missingLabels, malformedLabels, nonFiniteLabel, classOutOfRange
        case boxOutside, boxEmpty, boxClipped, duplicateBox, sizeMismatch
    }

    public var kind: Kind
    public var file: String
    /// Counted from 1; `nil` for binary files and folders.
    public var line: Int?
    /// What was found and what was done.
    public var message: String

    public init(_ kind: Kind, file: String, line: Int? = nil, message: String) {
        (self.kind, self.file, self.line, self.message) = (kind, file, line, message)
    }

    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
