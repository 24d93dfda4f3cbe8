import ApusTracking
import ArgumentParser

struct RunsDelete: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete runs or an experiment; they can be restored until gc.",
        discussion: """
              apus runs delete 1f0c 88ab
              apus runs delete --filter 'metrics.`val/mAP50` < 0.1' --dry-run
              apus runs delete --experiment tries

            Deletes as MLflow does: what is deleted is listed no more, its files stay. --experiment without runs or \
            --filter deletes the experiment itself, with its runs. A run that a process still writes is not deleted \
            without --force.

            Exit status: 0 done, 1 something could not be deleted, 2 there is no such run, or nobody could be asked.
            """)

    @OptionGroup var selection: RunSelection
    @Flag(help: "Also the runs nested in them.") var children = false
    @Flag(help: "Also runs that a process still writes; it keeps writing.") var force = false
    @OptionGroup var change: ChangeOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        if let name = selection.experiment, selection.references.isEmpty, selection.filter == nil {
            return try delete(store.experiment(matching: name), in: store)
        }
        var runs = try selection.runs(in: store, exactly: true)
        if children { runs += try store.children(of: runs).map { store.run($0) } }
        try change.carryOut("delete", "deleted", on: runs) { try $0.delete(evenIfWritten: force) }
    }

    private func delete(_ experiment: Experiment, in store: TrackingStore) throws {
        let count = store.runSummaries(in: experiment, includingValues: false).count { !$0.isDeleted }
        let planned = PlannedChange(experiment, note: ", with \(counted(count, "run"))")
        try change.carryOut("delete", "deleted", [planned]) { _ in
            try store.delete(experiment, evenIfWritten: force)
        }
    }
}

struct RunsRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring deleted runs or a deleted experiment back.",
        discussion: """
              apus runs restore 1f0c
              apus runs restore --experiment tries

            An experiment comes back with the runs that were deleted with it.

            Exit status: 0 done, 1 something could not be restored, 2 nothing such is deleted.
            """)

    @OptionGroup var selection: RunSelection
    @OptionGroup var change: ChangeOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        if let name = selection.experiment, selection.references.isEmpty, selection.filter == nil {
            let experiment = try store.experiment(matching: name, view: .deleted)
            return try change.carryOut("restore", "restored", [PlannedChange(experiment)], asking: false) { _ in
                try store.restore(experiment)
            }
        }
        let runs = try selection.runs(in: store, view: .deleted, exactly: true)
        try change.carryOut("restore", "restored", on: runs, asking: false) { try $0.restore() }
    }
}
