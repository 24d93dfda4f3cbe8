/// One thing that is wrong with one sample, where it stands, and what was done about it.
public struct Fault: Codable, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
        case unreadableFolder, missingImage, unreadableImage, emptyFile, truncatedImage, corruptImage
        case unsupportedImage, duplicateImage, missingLabels, malformedLabels, nonFiniteLabel, classOutOfRange
        case boxOutside, boxEmpty, boxClipped, duplicateBox, sizeMismatch
        // What only `apus data check` looks for.
        case splitLeak, nearDuplicate, tinyBox, hugeBox, emptyImage, exifRotation, colourSpace
        case classImbalance, unusedClass, missingFromTrain, missingFromSplit, labelTypo
    }

    /// How much it matters.
    public enum Severity: String, Codable, CaseIterable, Comparable, Hashable, Sendable {
        /// Worth knowing.
        case note
        /// Probably not meant so.
        case warning
        /// What was labelled is lost, or results will be wrong.
        case error

        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }

        private var rank: Int { Severity.allCases.firstIndex(of: self) ?? 0 }
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

extension Fault.Kind {
    public var severity: Fault.Severity {
        switch self {
        case .unreadableFolder, .missingImage, .unreadableImage, .emptyFile, .truncatedImage, .corruptImage,
            .unsupportedImage, .malformedLabels, .nonFiniteLabel, .classOutOfRange, .boxOutside, .boxEmpty, .splitLeak,
            .missingFromTrain:
            .error
        case .duplicateImage, .missingLabels, .boxClipped, .duplicateBox, .sizeMismatch, .nearDuplicate, .tinyBox,
            .hugeBox, .exifRotation, .classImbalance, .unusedClass, .missingFromSplit, .labelTypo:
            .warning
        case .emptyImage, .colourSpace: .note
        }
    }
}
