import ApusCore
import Glibc

extension Staging {
    /// What nobody will take up again: the process that made it is gone, or, where that cannot be told from here, it was
    /// touched a day ago or earlier. Sorted.
    func leftovers() -> [String] {
        let names = ((try? FileSystem.names(in: folder)) ?? []).filter { $0 != lockName && $0 != formatName }
        return names.sorted().filter(isLeftOver).map { folder + "/" + $0 }
    }

    /// Removes what is left over.
    func clearLeftovers() { removeTrees(leftovers()) }

    private func isLeftOver(_ name: String) -> Bool {
        if StagingOwner(of: name)?.isGone == true { return true }
        var status = stat()
        return lstat(folder + "/" + name, &status) == 0 && status.st_mtim.tv_sec < time(nil) - 86_400
    }
}
