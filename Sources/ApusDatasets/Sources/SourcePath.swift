import ApusConfiguration
import ApusCore

/// Where a path in a label file may lead: into the folder of the dataset and nowhere else.
struct SourceBounds: Sendable {
    /// The folder of the dataset, without `.` and `..`.
    let root: String
    /// The description says that paths may lead elsewhere.
    let allowsOutside: Bool

    init(root: String, allowsOutside: Bool) {
        self.root = normalizedPath(absolutePath(root))
        self.allowsOutside = allowsOutside
    }

    init(root: String, description: DatasetDescription) {
        self.init(
            root: FileSystem.isFolder(root) ? root : FileSystem.folder(of: root),
            allowsOutside: description.source.outsidePaths == .allow)
    }

    /// Whether a path, taken from the working folder, lies in the dataset.
    func contains(_ path: String) -> Bool {
        let absolute = normalizedPath(absolutePath(path))
        // What stays behind a link could lead anywhere.
        guard !absolute.split(separator: "/").contains("..") else { return false }
        return absolute == root || absolute.hasPrefix(root == "/" ? root : root + "/")
    }

    /// The path that a label file names, below `folder`.
    ///
    /// - Throws: `DatasetError.outsidePath` where it leads out of the dataset.
    func resolve(_ name: String, in folder: String, file: String, line: Int?) throws(DatasetError) -> String {
        let path = FileSystem.resolve(name, relativeTo: folder)
        if !name.hasPrefix("/") && !name.split(separator: "/").contains("..") { return path }
        guard allowsOutside || contains(path) else {
            throw .outsidePath(file: file, line: line, path: name, root: root)
        }
        return path
    }
}
