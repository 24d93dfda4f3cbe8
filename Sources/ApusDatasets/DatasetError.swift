import ApusCore

/// A dataset that cannot be described, prepared or opened as a whole.
///
/// What is wrong with single samples is a `Fault`, counted and reported; this error ends the command.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
    /// A value of dataset.yaml that decodes but does not make sense.
    case badDescription(path: String, key: String, found: String, expected: String)
    /// None of the places that a description names is there.
    case sourceNotFound(description: String, candidates: [String])
    /// A file that the whole source depends on cannot be read.
    case unreadableSource(path: String, line: Int?, reason: String)
    /// A label file names a path that leads out of the dataset's folder.
    case outsidePath(file: String, line: Int?, path: String, root: String)
    /// Nothing usable is left.
    case noSamples(source: String, faults: Int, first: Fault?)
    /// Faults were found and the caller wanted none.
    case faults(count: Int, first: Fault, report: String)
    /// A prepared file that is not whole or not one of ours.
    case damaged(path: String, reason: String)
    /// A version that libhdf5 cannot write.
    case unwritable(path: String, reason: String)
    /// A prepared file of another format version.
    case unsupportedVersion(path: String, found: Int, expected: Int)
    /// An image of a prepared dataset that does not decode.
    case undecodableImage(path: String, image: String, reason: String)
    /// A name that means no version, or several.
    case noVersion(name: String, folder: String, there: [String])
    case file(FileError)

    public var description: String {
        switch self {
        case .badDescription(let path, let key, let found, let expected):
            "\(path): \(key) is \(found), expected \(expected)"
        case .sourceNotFound(let description, let candidates):
            "\(description): no source at \(candidates.joined(separator: " nor ")); give its folder with path=FOLDER"
        case .unreadableSource(let path, let line, let reason):
            "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
        case .outsidePath(let file, let line, let path, let root):
            "\(file)\(line.map { ":\($0)" } ?? ""): the path '\(path)' leads out of \(root); "
                + "move what it names there, or allow it with source.outside_paths=allow"
        case .noSamples(let source, let faults, let first):
            "\(source): no usable image (\(faults) faults\(first.map { ", the first: \($0)" } ?? "")); "
                + "check the format and the path of the source"
        case .faults(let count, let first, let report):
            "\(count) faults, the first: \(first); all are listed in \(report); "
                + "correct them, or prepare without strict to leave them out"
        case .damaged(let path, let reason):
            "\(path): not a whole prepared dataset: \(reason); delete it and run `apus prepare` again"
        case .unwritable(let path, let reason): "\(path): cannot be written: \(reason)"
        case .unsupportedVersion(let path, let found, let expected):
            "\(path): prepared format \(found), expected \(expected); run `apus prepare` again"
        case .undecodableImage(let path, let image, let reason):
            "\(path): image \(image): \(reason); run `apus prepare` again"
        case .noVersion(let name, let folder, let there):
            "\(folder): no version \(name); "
                + (there.isEmpty
                    ? "there is none: run `apus prepare`" : "there are \(there.joined(separator: ", "))")
        case .file(let error): error.description
        }
    }
}
