import ApusConfiguration
import ApusCore
import Glibc

extension Experiment {
    /// As it is kept in a run: paths lead from `folder`, so that a workspace that was moved can go on with its runs;
    /// to what lies outside the workspace they are absolute.
    ///
    /// - Parameter root: the tracking store, `experiments/mlruns` of the workspace.
    func stored(in folder: String, root: String) -> Experiment {
        let base = realPath(folder) ?? absolutePath(folder)
        let workspace = FileSystem.folder(of: FileSystem.folder(of: realPath(root) ?? absolutePath(root)))
        let adapted = { (path: WorkspacePath) in
            WorkspacePath(relativePath(to: path.resolved, from: base, within: workspace))
        }
        var stored = self
        stored.model = adapted(model)
        stored.dataset = adapted(dataset)
        stored.weights = weights.map(adapted)
        return stored
    }
}

/// `path` as seen from the folder `base` where both lie in `folder`, else absolute.
func relativePath(to path: String, from base: String, within folder: String) -> String {
    let target = realPath(path) ?? absolutePath(path)
    let inside = folder == "/" ? folder : folder + "/"
    guard folder != "/", target.hasPrefix(inside), base.hasPrefix(inside) else { return absolutePath(path) }
    let (from, to) = (base.split(separator: "/"), target.split(separator: "/"))
    let shared = zip(from, to).prefix { $0 == $1 }.count
    return (Array(repeating: "..", count: from.count - shared) + to[shared...]).joined(separator: "/")
}

/// `path` without links; `nil` where nothing is there.
private func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
}
