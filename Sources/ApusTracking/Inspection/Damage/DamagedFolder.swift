import ApusCore
import Glibc

/// The folder beside a store that takes what is taken out of it: `.mlruns-damaged/TIME/…`, by the paths that it had.
struct DamagedFolder {
    private let root: String
    private let folder: String

    init(root: String) {
        self.root = root
        let time = timestampText(milliseconds: currentMilliseconds()).replacing(" ", with: "T").replacing(
            ":", with: ".")
        let name = "\(time.prefix(23))-\(getpid())"
        folder = "\(FileSystem.folder(of: root))/.\(FileSystem.fileName(of: root))-damaged/\(name)"
    }

    /// Moves a file or folder of the store here, one whose name is no UTF-8 too.
    ///
    /// - Returns: where it is now.
    func take(_ path: String) throws(TrackingError) -> String {
        let target = try place(for: path)
        try onFiles { () throws(FileError) in
            let source = try rawPath(path)
            guard rename(source, target) == 0 else { throw FileError("move", path) }
            syncFolder(FileSystem.folder(of: target))
            syncFolder(FileSystem.folder(of: path))
        }
        return target
    }

    /// Keeps a file as it is before it is changed.
    ///
    /// - Returns: where the copy is; `nil` where there is no file.
    func keep(_ path: String) throws(TrackingError) -> String? {
        guard FileSystem.exists(path) else { return nil }
        let target = try place(for: path)
        try onFiles { () throws(FileError) in
            try writeNew(FileSystem.read(path), to: target)
            try sync(target)
            syncFolder(FileSystem.folder(of: target))
        }
        return target
    }

    private func place(for path: String) throws(TrackingError) -> String {
        let target = folder + path.dropFirst(root.utf8.count)
        try onFiles { () throws(FileError) in try FileSystem.createFolder(FileSystem.folder(of: target)) }
        var free = target, number = 2
        while FileSystem.exists(free) {
            free = "\(target)-\(number)"
            number += 1
        }
        return free
    }

    /// The bytes of a path whose last part was read from its folder, where what is no UTF-8 was replaced.
    private func rawPath(_ path: String) throws(FileError) -> [CChar] {
        let folder = FileSystem.folder(of: path), name = FileSystem.fileName(of: path)
        guard name.unicodeScalars.contains("\u{FFFD}") else { return Array(path.utf8CString) }
        guard let stream = opendir(folder) else { throw FileError("list", folder) }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            let raw = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard String(decoding: raw, as: UTF8.self) == name else { continue }
            return (Array((folder + "/").utf8) + raw + [0]).map { CChar(bitPattern: $0) }
        }
        throw FileError("find", path, code: ENOENT)
    }
}
