import ApusCore
import Glibc

/// The image files that a list of paths means.
public enum ImageFiles {
    private static let extensions = [".jpg", ".jpeg", ".png"]

    /// Files as they are named; for a folder, every image in it and below it, in the order of the paths.
    ///
    /// In a folder a file is an image where its name ends as one or its first bytes are a JPEG's or a PNG's: a damaged
    /// photograph is listed (reading it will say what is wrong), a text file is not. Hidden names are passed over.
    public static func list(at paths: [String]) throws(FileError) -> [String] {
        var files = [String]()
        for path in paths {
            guard FileSystem.exists(path) else { throw FileError("open", path, code: ENOENT) }
            if FileSystem.isFolder(path) {
                var visited = Set<FolderIdentity>()
                try collect(path, visited: &visited, into: &files)
            } else {
                files.append(path)
            }
        }
        return files
    }

    private static func collect(
        _ folder: String, visited: inout Set<FolderIdentity>, into files: inout [String]
    ) throws(FileError) {
        // A symbolic link may lead back to a folder above.
        guard let identity = FolderIdentity(folder), visited.insert(identity).inserted else { return }
        for name in try FileSystem.names(in: folder) where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            if FileSystem.isFolder(path) {
                try collect(path, visited: &visited, into: &files)
            } else if isImage(path) {
                files.append(path)
            }
        }
    }

    private static func isImage(_ path: String) -> Bool {
        let name = path.lowercased()
        return extensions.contains(where: name.hasSuffix) || hasSignature(path)
    }

    private static func hasSignature(_ path: String) -> Bool {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = read(descriptor, &bytes, bytes.count)
        return count > 0 && bytes.withUnsafeBytes { ImageFormat(signatureOf: .init(rebasing: $0[..<count])) != nil }
    }
}
