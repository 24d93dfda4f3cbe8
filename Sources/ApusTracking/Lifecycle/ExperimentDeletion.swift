import ApusCore
import Glibc

extension TrackingStore {
    private var trash: String { root + "/.trash" }

    /// Moves an experiment into `.trash` and marks it and its runs deleted, as MLflow does. Where it lies decides: a
    /// process that is killed in between leaves an experiment that is deleted and can be restored.
    public func delete(_ experiment: Experiment, evenIfWritten isForced: Bool = false) throws(TrackingError) {
        guard experiment.id != "0" else {
            throw .refused("experiment '\(experiment.name)' is the default one", remedy: "delete its runs instead")
        }
        try staging.prepare()
        try staging.exclusively { () throws(TrackingError) in
            let folder = "\(root)/\(experiment.id)"
            try requireExperiment(at: folder, experiment)
            if !isForced { try requireUnwritten(folder, experiment) }
            try onFiles { () throws(FileError) in try FileSystem.createFolder(trash) }
            try move(folder, to: "\(trash)/\(experiment.id)")
            try markDeleted("\(trash)/\(experiment.id)", at: currentMilliseconds())
        }
    }

    /// Takes an experiment out of `.trash`, with the runs that were deleted with it; runs that had been deleted before
    /// stay deleted, where MLflow would bring them back too.
    @discardableResult
    public func restore(_ experiment: Experiment) throws(TrackingError) -> Experiment {
        try staging.prepare()
        return try staging.exclusively { () throws(TrackingError) in
            let folder = "\(trash)/\(experiment.id)", target = "\(root)/\(experiment.id)"
            try requireExperiment(at: folder, experiment)
            guard !experiments().contains(where: { $0.name == experiment.name }) else {
                throw .invalidName(experiment.name, problem: "another experiment has it by now")
            }
            try markActive(folder)
            try move(folder, to: target)
            return try Experiment(folder: target)
        }
    }

    /// Gives an experiment another name, which no other may have, a deleted one neither.
    @discardableResult
    public func rename(_ experiment: Experiment, to name: String) throws(TrackingError) -> Experiment {
        try KeyRules.checkExperimentName(name)
        try staging.prepare()
        return try staging.exclusively { () throws(TrackingError) in
            let folder = "\(root)/\(experiment.id)"
            try requireExperiment(at: folder, experiment)
            if name != experiment.name, try findExperiment(named: name) != nil {
                throw .invalidName(name, problem: "another experiment has it")
            }
            try changeMeta(folder) {
                $0.set("name", .text(name))
                $0.set("last_update_time", .integer(currentMilliseconds()))
            }
            return try Experiment(folder: folder)
        }
    }

    // MARK: Steps

    private func requireExperiment(at folder: String, _ experiment: Experiment) throws(TrackingError) {
        guard FileSystem.isFolder(folder) else {
            let isElsewhere = FileSystem.isFolder("\(root)/\(experiment.id)")
            throw .refused(
                "experiment '\(experiment.name)' is \(isElsewhere ? "not " : "")deleted",
                remedy: "'apus runs experiments' shows what there is")
        }
    }

    private func requireUnwritten(_ folder: String, _ experiment: Experiment) throws(TrackingError) {
        for path in Run.folders(in: folder) {
            let run = Run(store: self, experimentID: experiment.id, id: FileSystem.fileName(of: path), folder: path)
            // A damaged run is nobody's.
            guard let writer = (try? run.writer()) ?? nil else { continue }
            throw .stillWritten("run \(run.id) of '\(experiment.name)'", by: writer)
        }
    }

    private func move(_ folder: String, to target: String) throws(TrackingError) {
        guard !FileSystem.exists(target) else {
            throw .refused("\(target) is there already", remedy: "'apus runs fsck' says more; move one of the two away")
        }
        guard Glibc.rename(folder, target) == 0 else { throw .file(FileError("move", folder)) }
        for path in [folder, target] where staging.isDurable { syncFolder(FileSystem.folder(of: path)) }
    }

    private func markDeleted(_ folder: String, at time: Int64) throws(TrackingError) {
        try changeMeta(folder) {
            $0.set("lifecycle_stage", "deleted")
            $0.set("last_update_time", .integer(time))
        }
        try changeRuns(in: folder) { meta in
            guard meta.optionalText("lifecycle_stage") != "deleted" else { return false }
            meta.markDeleted(at: time)
            return true
        }
    }

    private func markActive(_ folder: String) throws(TrackingError) {
        let deletion = try MetaFile(path: folder + "/meta.yaml").optionalInteger("last_update_time") ?? 0
        try changeRuns(in: folder) { meta in
            guard meta.optionalText("lifecycle_stage") == "deleted",
                meta.optionalInteger("deleted_time").map({ $0 >= deletion }) ?? true
            else { return false }
            meta.markActive()
            return true
        }
        try changeMeta(folder) {
            $0.set("lifecycle_stage", "active")
            $0.set("last_update_time", .integer(currentMilliseconds()))
        }
    }

    private func changeMeta(_ folder: String, _ change: (inout MetaFile) -> Void) throws(TrackingError) {
        var meta = try MetaFile(path: folder + "/meta.yaml")
        change(&meta)
        try meta.write(with: staging)
    }

    /// Damaged runs are left as they are.
    private func changeRuns(in folder: String, _ change: (inout MetaFile) -> Bool) throws(TrackingError) {
        for run in Run.folders(in: folder) {
            try lockingState(of: run) { () throws(TrackingError) in
                guard var meta = try? MetaFile(path: run + "/meta.yaml"), change(&meta) else { return }
                try meta.write(with: staging)
            }
        }
    }
}
