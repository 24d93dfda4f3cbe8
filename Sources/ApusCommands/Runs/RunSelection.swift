import ApusTracking
import ArgumentParser

/// Runs that a command line names, or that a filter finds.
struct RunSelection: ParsableArguments {
    @Argument(
        help: ArgumentHelp("Runs: ids, beginnings of ids, names, or latest.", valueName: "run"))
    var references: [String] = []
    @Option(help: "The runs that MLflow's filter language finds, see 'apus runs search --help'.")
    var filter: String?
    @Option(help: "An experiment, by name or id.") var experiment: String?

    func validate() throws {
        if filter != nil, !references.isEmpty { throw ValidationError("give runs or --filter, not both") }
    }

    /// - Parameter isExact: whether a name that several runs have is refused.
    func runs(
        in store: TrackingStore, view: LifecycleView = .active, exactly isExact: Bool = false
    ) throws -> [Run] {
        guard references.isEmpty else {
            var seen = Set<String>()
            return try references.map { try store.run(matching: $0, view: view, exactly: isExact) }
                .filter { seen.insert($0.id).inserted }
        }
        guard filter != nil || experiment != nil else {
            throw TrackingError.refused("no runs are named", remedy: "give runs, --filter or --experiment")
        }
        var query = try RunQuery(
            filter ?? "", in: experiment.map { try store.experiment(matching: $0, view: .all) })
        query.view = view
        let found = store.search(query).runs
        guard !found.isEmpty else {
            throw TrackingError.notFound("a run that matches", remedy: "'apus runs search' tries a filter")
        }
        return found.map { store.run($0) }
    }
}
