import ApusCore
import Glibc

/// A damage of a store that was mended.
public struct StoreRepair: Equatable, Sendable, CustomStringConvertible {
    public var path: String
    public var problem: String
    /// What was done about it.
    public var remedy: String
    /// Where the damaged file or folder is now, as it was; `nil` where there was none.
    public var keptAt: String?

    public var description: String { "\(path): \(problem); \(remedy)\(keptAt.map { ", kept at \($0)" } ?? "")" }
}

extension TrackingStore {
    /// Mends what `check` finds mendable. Nothing of the store is deleted: what is replaced or taken out is kept in
    /// `.mlruns-damaged/TIME/…` beside the store (of a store called `mlruns`). What processes that are gone left in
    /// staging is removed. Processes that log meanwhile lose nothing.
    ///
    /// - Returns: what was done; `check` tells what is left for people to decide.
    public func repair() throws(TrackingError) -> [StoreRepair] {
        try staging.makeFolder()
        return try staging.exclusively { () throws(TrackingError) in
            let folder = DamagedFolder(root: root)
            var repairs = [StoreRepair](), seen = Set<String>(), taken = [String]()
            // Mending a folder lets what is in it be seen: a few rounds do, and no damage is mended twice.
            for _ in 0..<4 {
                let damages = DamageScan.damages(in: self).filter { damage in
                    damage.mending != nil && seen.insert(damage.path + "\0" + damage.problem).inserted
                }
                for damage in damages where !taken.contains(where: { damage.path.hasPrefix($0 + "/") }) {
                    if let repair = try mend(damage, folder) { repairs.append(repair) }
                    if damage.mending == .setAside { taken.append(damage.path) }
                }
                if damages.isEmpty { break }
            }
            return repairs
        }
    }

    private func mend(_ damage: Damage, _ folder: DamagedFolder) throws(TrackingError) -> StoreRepair? {
        func repair(_ remedy: String, _ place: String?) -> StoreRepair {
            StoreRepair(path: damage.path, problem: damage.problem, remedy: remedy, keptAt: place)
        }
        switch damage.mending {
        case .setAside?: return repair("set aside", try folder.take(damage.path))
        case .makeFolder?:
            try onFiles { () throws(FileError) in try FileSystem.createFolder(damage.path) }
            return repair("made anew", nil)
        case .write(let text)?:
            let kept = try folder.keep(damage.path)
            try onFiles { () throws(FileError) in try FileSystem.createFolder(FileSystem.folder(of: damage.path)) }
            try staging.replace(damage.path, with: text)
            return repair(kept == nil ? "made anew" : "rewritten", kept)
        case .remove?:
            removeTrees([damage.path])
            return FileSystem.exists(damage.path) ? nil : repair("removed", nil)
        case .keepPoints?: return try mendMetric(damage, folder)
        case nil: return nil
        }
    }

    private func mendMetric(_ damage: Damage, _ folder: DamagedFolder) throws(TrackingError) -> StoreRepair? {
        var kept: String?
        var failure: TrackingError?
        var remedy = "cut to its whole lines"
        try onFiles { () throws(FileError) in
            try MetricFile(path: damage.path).exclusively { bytes throws(FileError) in
                let mend = MetricMend(bytes)
                guard mend.problem != nil else { return }
                do throws(TrackingError) {
                    kept = try folder.keep(damage.path)
                    if mend.bytes.isEmpty {
                        remedy = "taken out: it had no points"
                        unlink(damage.path)
                    } else {
                        try staging.replace(damage.path, with: mend.bytes)
                    }
                } catch {
                    failure = error
                }
            }
        }
        if let failure { throw failure }
        return StoreRepair(path: damage.path, problem: damage.problem, remedy: remedy, keptAt: kept)
    }
}
