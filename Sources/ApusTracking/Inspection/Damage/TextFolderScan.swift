import ApusCore
import Glibc

/// Finds files in a folder of parameters, tags or aliases that MLflow cannot read as text.
enum TextFolderScan {
    static func damages(in path: String, root: String) -> [Damage] {
        let folder = KeyFolder(path: path)
        return ((try? folder.keys()) ?? []).compactMap { damage(at: folder.path(of: $0), key: $0, root: root) }
    }

    private static func damage(at path: String, key: String, root: String) -> Damage? {
        if let problem = strayProblem(key) { return Damage(path: path, problem: problem, mending: .setAside) }
        if leavesStore(path, root: root) {
            return Damage(severity: .warning, path: path, problem: "a link that leaves the store")
        }
        do throws(FileError) {
            let bytes = try FileSystem.read(path)
            guard String(validating: bytes, as: UTF8.self) == nil else { return nil }
            return Damage(
                path: path, problem: "its text is no UTF-8", mending: .write(String(decoding: bytes, as: UTF8.self)))
        } catch {
            let isGone = error.code == ENOENT || error.code == ELOOP
            return Damage(path: path, problem: error.description, mending: isGone ? .setAside : nil)
        }
    }
}
