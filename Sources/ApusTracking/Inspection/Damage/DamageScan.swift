import ApusCore
import Glibc

/// Finds what keeps MLflow or Apus from reading a store; changes nothing.
struct DamageScan {
    let store: TrackingStore
    private(set) var damages = [Damage]()

    private var root: String { store.root }

    static func damages(in store: TrackingStore) -> [Damage] {
        var scan = DamageScan(store: store)
        scan.scanRoot()
        for folder in scan.experiments() { scan.scanExperiment(folder) }
        scan.scanNames()
        scan.scanRuns()
        scan.damages += RegistryScan.damages(in: store)
        scan.damages += scan.leftovers().map(Damage.leftover)
        return scan.damages
    }

    private func experiments() -> [String] { store.experimentFolders(includingDeleted: true) }

    /// In staging, and among the workspace's models.
    private func leftovers() -> [String] {
        let models = ModelRegistry.workspaceModels(of: root)
        let names = (try? FileSystem.names(in: models)) ?? []
        return store.staging.leftovers() + names.flatMap { StagedVersion.leftovers(in: models + "/" + $0) }
    }

    private mutating func scanRoot() {
        for entry in (try? folderEntries(root)) ?? [] where entry.isFolder && entry.name != ".trash" {
            guard !Identifier.isExperimentID(entry.name) else { continue }
            damages.append(
                Damage(
                    path: root + "/" + entry.name,
                    problem: "no experiment's id; MLflow cannot list experiments while it is here", mending: .setAside))
        }
    }

    // MARK: Experiments

    private mutating func scanExperiment(_ folder: String) {
        let id = FileSystem.fileName(of: folder)
        var salvage = MetaSalvage(path: folder + "/meta.yaml")
        let isKnown = FileSystem.exists(folder + "/meta.yaml")
        guard isKnown || !Run.folders(in: folder).filter(RunScan.isRun).isEmpty else {
            damages.append(Damage(path: folder, problem: "a folder without meta.yaml or runs", mending: .setAside))
            return
        }
        let root = root
        let isInTrash = folder.hasPrefix(root + "/.trash/")
        let problem = salvage.meet([
            .exactly("experiment_id", id), .text("name", "recovered-\(id)"),
            .text("artifact_location", "file://\(root)/\(id)"),
            .text("lifecycle_stage", isInTrash ? "deleted" : "active"),
        ])
        guard let problem else { return }
        let time = modificationTime(of: folder)
        salvage.fill("creation_time", .integer(time))
        salvage.fill("last_update_time", .integer(time))
        damages.append(Damage.meta(salvage, problem))
    }

    /// Names are unique, those of deleted experiments too; the oldest keeps its name.
    private mutating func scanNames() {
        var owners = [String: String]()
        for experiment in store.experiments(includingDeleted: true) {
            let first = owners[experiment.name]
            guard let first else {
                owners[experiment.name] = experiment.folder
                continue
            }
            var salvage = MetaSalvage(path: experiment.folder + "/meta.yaml")
            salvage.set("name", .text("\(experiment.name)-\(experiment.id)"))
            damages.append(Damage.meta(salvage, "'\(experiment.name)' is also the name of \(first)"))
        }
    }

    // MARK: Runs

    private mutating func scanRuns() {
        let folders = experiments().flatMap { experiment in
            ((try? folderEntries(experiment)) ?? []).filter(\.isFolder).map(\.name)
                .filter { !Run.reservedNames.contains($0) }.map { experiment + "/" + $0 }
        }
        let root = root
        let found = parallelMap(folders.count, threads: waitingThreads) {
            RunScan.damages(of: folders[$0], root: root)
        }
        damages += found.joined()
        for experiment in experiments() { damages += LoggedModelScan.damages(in: experiment) }
    }
}

extension Damage {
    static func leftover(_ path: String) -> Damage {
        Damage(severity: .warning, path: path, problem: "left half done by a process that is gone", mending: .remove)
    }

    static func meta(_ salvage: MetaSalvage, _ problem: String) -> Damage {
        Damage(
            path: salvage.meta.path, problem: problem,
            mending: salvage.isUnreadable ? nil : .write(salvage.meta.text))
    }
}

/// Milliseconds since 1970; 0 where there is nothing.
func modificationTime(of path: String) -> Int64 {
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    return Int64(status.st_mtim.tv_sec) * 1000 + Int64(status.st_mtim.tv_nsec) / 1_000_000
}
