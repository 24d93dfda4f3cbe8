import ApusCore
import Glibc

/// How many files a folder holds and how large they are together; links count as themselves.
func folderSize(_ path: String) -> (files: Int, bytes: Int64) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return (0, 0) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return (1, Int64(status.st_size)) }
    return ((try? FileSystem.names(in: path)) ?? []).reduce(into: (files: 0, bytes: 0)) { sum, name in
        let part = folderSize(path + "/" + name)
        sum.files += part.files
        sum.bytes += part.bytes
    }
}
