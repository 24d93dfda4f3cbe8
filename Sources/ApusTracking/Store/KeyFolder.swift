import ApusCore
import Glibc

/// A folder whose files are values by key: `tags/`, `params/`, `metrics/`, `artifacts/`; `a/b` is a file `b` in `a/`.
struct KeyFolder {
    let path: String

    /// Every key with a file, sorted. Hidden files are keys too; as MLflow, links to folders are not followed.
    func keys() throws(FileError) -> [String] {
        var keys = [String]()
        try collect(below: "", into: &keys)
        return keys.sorted()
    }

    func path(of key: String) -> String { path + "/" + key }

    /// The raw value, `nil` where there is none.
    func value(of key: String) throws(FileError) -> String? {
        do throws(FileError) {
            return try FileSystem.readText(path(of: key))
        } catch {
            if [ENOENT, ENOTDIR, EISDIR].contains(error.code) { return nil }
            throw error
        }
    }

    func values() throws(FileError) -> [String: String] {
        var values = [String: String]()
        for key in try keys() { values[key] = try value(of: key) }
        return values
    }

    /// Makes the folders above `key`'s file, refusing a key that another key's file or folder stands in for.
    func prepare(_ key: String) throws(TrackingError) {
        try refuseLink(path)
        let parts = key.split(separator: "/")
        for count in parts.indices.dropFirst() {
            let parent = parts.prefix(count).joined(separator: "/")
            guard mkdir(path(of: parent), 0o777) != 0 else { continue }
            switch errno {
            case EEXIST where FileSystem.isFolder(path(of: parent)): try refuseLink(path(of: parent))
            case EEXIST, ENOTDIR: throw .keyConflict(key, with: parent)
            default: throw .file(FileError("create the folder", path(of: parent)))
            }
        }
        if FileSystem.isFolder(path(of: key)) { throw .keyConflict(key, with: key + "/…") }
    }

    /// Writing through a link to a folder might leave the store.
    private func refuseLink(_ path: String) throws(TrackingError) {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return }
        throw .refused("\(path) is a link, and nothing is written through links", remedy: "put a folder in its place")
    }

    private func collect(below prefix: String, into keys: inout [String]) throws(FileError) {
        let folder = prefix.isEmpty ? path : path(of: prefix)
        let entries: [FolderEntry]
        do throws(FileError) {
            entries = try folderEntries(folder)
        } catch {
            if error.code == ENOENT { return }
            throw error
        }
        for entry in entries where !(entry.isFolder && entry.isLink) {
            let key = prefix.isEmpty ? entry.name : prefix + "/" + entry.name
            if entry.isFolder { try collect(below: key, into: &keys) } else { keys.append(key) }
        }
    }
}
