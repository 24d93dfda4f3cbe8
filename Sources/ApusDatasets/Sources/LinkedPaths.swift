import ApusCore
import Glibc

/// A source whose images and label files lie in the dataset's folder, links followed.
///
/// The folder itself may be reached by a link. What in it is a link that leads elsewhere is refused as a path is that
/// leads there, unless the description allows it.
struct BoundedSource: DatasetSource {
    let source: any DatasetSource
    let bounds: SourceBounds

    func listing() throws(DatasetError) -> SourceListing {
        let listing = try source.listing()
        guard !bounds.allowsOutside, let root = realPath(bounds.root) else { return listing }
        var check = LinkCheck(root: root)
        for sample in listing.samples {
            if case .file(let path) = sample.content { try check.check(path) }
            try check.check(sample.labelFile)
        }
        return listing
    }
}

/// Whether files lie below a folder, whatever links lead to them.
private struct LinkCheck {
    /// Without links.
    let root: String
    private var areInside: [String: Bool] = [:]
    private var last = ""

    init(root: String) { self.root = root }

    mutating func check(_ path: String) throws(DatasetError) {
        guard path != last else { return }
        last = path
        guard isInside(folder: FileSystem.folder(of: path)), !isLink(path) || isInside(file: path) else {
            throw .outsidePath(file: path, line: nil, path: realPath(path) ?? path, root: root)
        }
    }

    private mutating func isInside(folder: String) -> Bool {
        if let known = areInside[folder] { return known }
        let result = isInside(file: folder)
        areInside[folder] = result
        return result
    }

    /// What is not there leads nowhere.
    private func isInside(file: String) -> Bool {
        guard let real = realPath(file) else { return true }
        return real == root || real.hasPrefix(root == "/" ? root : root + "/")
    }

    private func isLink(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
    }
}

/// A path without links, `.` and `..`; `nil` where nothing is there.
private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
