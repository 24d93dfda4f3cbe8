import ApusCore

/// An evaluation that cannot be trusted, and why.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
    case notANumber(field: String, entry: String)
    case labelOutOfRange(Int, classes: Int, imageID: Int)
    case scoreCount(Int, classes: Int, imageID: Int)
    case repeatedImage(Int)
    case repeatedAnnotation(Int)
    case unknownImage(Int, entry: String)
    case differentClasses(expected: [String], found: [String])
    case unusableMask(entry: String, reason: String)
    /// `found` numbers, three for each of `expected` points.
    case keypointCount(_ found: Int, expected: Int, entry: String)
    case unusableSigmas([Double])
    case malformed(path: String, line: Int, reason: String)
    case unreadable(FileError)
    case tooLarge(path: String, bytes: Int, limit: Int)

    public var description: String {
        switch self {
        case .notANumber(let field, let entry):
            "\(entry): the \(field) is not a finite number; look for a diverged model or a broken export"
        case .labelOutOfRange(let label, let classes, let imageID):
            "image \(imageID): class \(label), expected 0 to \(classes - 1); check that the names belong to the data"
        case .scoreCount(let count, let classes, let imageID):
            "image \(imageID): \(count) scores, expected one for each of \(classes) classes; check the model's head"
        case .repeatedImage(let id):
            "image \(id) was added twice; add each image once, with all of its boxes"
        case .repeatedAnnotation(let id):
            "annotation id \(id) is there twice; annotation ids must differ"
        case .unknownImage(let id, let entry):
            "\(entry): image \(id) is not in the ground truth; evaluate on the set that was predicted"
        case .differentClasses(let expected, let found):
            "evaluations over different classes cannot be merged: expected \(expected), found \(found)"
        case .unusableMask(let entry, let reason):
            "\(entry): \(reason)"
        case .keypointCount(let found, let expected, let entry):
            "\(entry): \(found) numbers for keypoints, expected \(3 * expected): x, y and visibility of "
                + "\(expected) points, one for each sigma"
        case .unusableSigmas(let sigmas):
            "keypoint sigmas \(sigmas): expected a number above 0 for each keypoint; put them into the dataset's file"
        case .malformed(let path, let line, let reason):
            "\(path):\(line): \(reason)"
        case .unreadable(let error):
            error.description
        case .tooLarge(let path, let bytes, let limit):
            "\(path): \(bytes) bytes, at most \(limit) are read; evaluate parts of the images one by one"
        }
    }

    /// The same trouble with a mask, of a certain entry.
    func at(_ entry: String) -> EvaluationError {
        guard case .unusableMask(_, let reason) = self else { return self }
        return .unusableMask(entry: entry, reason: reason)
    }
}
