import ApusCore
import Glibc

/// Removes a file or a folder with all in it, as far as possible.
package func removeTree(_ path: String) { removeTrees([path]) }

/// Removes files and folders with all in them, as far as possible; links are removed, not what they lead to.
///
/// Many are removed at once: where freed blocks are given back to the disk (`discard`), or the disk is far away, each
/// removal waits for an answer of milliseconds.
package func removeTrees(_ paths: [String]) {
    for start in stride(from: 0, to: paths.count, by: 512) {
        TreeRemoval.remove(paths[start..<min(start + 512, paths.count)].map(\.utf8CString))
    }
}

private enum TreeRemoval {
    /// A path as the system has it, which need not be UTF-8, with its end.
    typealias RawPath = ContiguousArray<CChar>

    /// A few are removed sooner than threads start.
    private static func threads(for count: Int) -> Int { min(waitingThreads, max(1, count / 4)) }

    static func remove(_ paths: [RawPath]) {
        var levels = [[RawPath]]()
        var level = unlinked(paths)
        while !level.isEmpty {
            levels.append(level)
            let current = level
            let found = parallelMap(current.count, threads: threads(for: current.count)) { entries(of: current[$0]) }
            level = unlinked(Array(found.joined()))
        }
        for folders in levels.reversed() {
            parallelFor(folders.count, threads: threads(for: folders.count)) { index in
                folders[index].withUnsafeBufferPointer { path in _ = path.baseAddress.map { rmdir($0) } }
            }
        }
    }

    /// Removes what are files.
    ///
    /// - Returns: the folders.
    private static func unlinked(_ paths: [RawPath]) -> [RawPath] {
        let areFolders = parallelMap(paths.count, threads: threads(for: paths.count)) { index in
            paths[index].withUnsafeBufferPointer { path in
                guard let path = path.baseAddress else { return false }
                var status = stat()
                guard lstat(path, &status) == 0 else { return false }
                if status.st_mode & S_IFMT == S_IFDIR { return true }
                unlink(path)
                return false
            }
        }
        return zip(paths, areFolders).filter(\.1).map(\.0)
    }

    private static func entries(of folder: RawPath) -> [RawPath] {
        guard let stream = folder.withUnsafeBufferPointer({ $0.baseAddress.flatMap { opendir($0) } }) else { return [] }
        defer { closedir(stream) }
        var paths = [RawPath]()
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                ContiguousArray(bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) })
            }
            if name == [46] || name == [46, 46] { continue }
            paths.append(folder.dropLast() + [47] + name + [0])
        }
        return paths
    }
}
