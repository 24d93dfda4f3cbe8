import ApusCore

extension Run {
    /// Marks the run deleted, as MLflow does: it vanishes from lists and searches, its files stay until
    /// `TrackingStore.collect` removes them, and `restore` brings it back.
    ///
    /// - Parameter isForced: whether a run goes that a process may still write; that process keeps writing.
    /// - Returns: `false` where it was deleted already.
    @discardableResult
    public func delete(evenIfWritten isForced: Bool = false) throws(TrackingError) -> Bool {
        try lockingState(of: folder) { () throws(TrackingError) in
            var meta = try MetaFile(path: folder + "/meta.yaml")
            guard meta.optionalText("lifecycle_stage") != "deleted" else { return false }
            if !isForced, let writer = try writer() { throw .stillWritten("run \(id)", by: writer) }
            meta.markDeleted(at: currentMilliseconds())
            try meta.write(with: store.staging)
            return true
        }
    }

    /// Takes a deletion back.
    ///
    /// - Returns: `false` where the run was not deleted.
    @discardableResult
    public func restore() throws(TrackingError) -> Bool {
        try lockingState(of: folder) { () throws(TrackingError) in
            var meta = try MetaFile(path: folder + "/meta.yaml")
            guard meta.optionalText("lifecycle_stage") == "deleted" else { return false }
            meta.markActive()
            try meta.write(with: store.staging)
            return true
        }
    }

    public func isDeleted() throws(TrackingError) -> Bool {
        let meta = try MetaFile(path: folder + "/meta.yaml")
        return meta.optionalText("lifecycle_stage") == "deleted"
    }

    /// Gives the run another name: in its `meta.yaml` and in its tag.
    public func rename(to name: String) throws(TrackingError) {
        guard !name.allSatisfy(\.isWhitespace) else { throw .invalidName(name, problem: "it is empty") }
        guard try !isDeleted() else {
            throw .refused("run \(id) is deleted", remedy: "restore it first: apus runs restore \(id.prefix(12))")
        }
        try setTag(RunTag.name, name)
    }
}

extension MetaFile {
    mutating func markDeleted(at time: Int64) {
        set("lifecycle_stage", "deleted")
        set("deleted_time", .integer(time))
    }

    mutating func markActive() {
        set("lifecycle_stage", "active")
        set("deleted_time", nil)
    }
}
