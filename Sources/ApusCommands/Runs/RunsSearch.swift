import ApusTracking
import ArgumentParser

struct RunsSearch: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "Find runs by MLflow's filter language.",
        discussion: """
              apus runs search 'metrics.`val/mAP50` > 0.5 and params.lr = "0.01"' --order 'metrics.`val/mAP50` DESC'

            Fields are metrics.KEY, params.KEY, tags.KEY, datasets.name, .digest and .context, and attributes \
            such as status, run_name, start_time. Numbers compare by = != < <= > >=, texts by = != LIKE ILIKE; \
            params and tags take IS NULL too, run_id and datasets IN ('a', 'b'). Conditions are joined by and. \
            Keys with a space or comma stand between backquotes.

            Exit status: 0 done, 2 the filter cannot be read.
            """)

    @Argument(help: "The filter; without one every run is found.") var filter = ""
    @Option(
        name: .customLong("order"),
        help: "A field, with DESC for the highest first; may be repeated, the first decides.")
    var orders: [String] = []
    @Option(help: "Only this experiment, by name or id.") var experiment: String?
    @Flag(help: "Among deleted runs instead.") var deleted = false
    @OptionGroup var output: RunListOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        var query = try RunQuery(filter, orderedBy: orders, limit: output.limit)
        let store = try places.open()
        query.view = deleted ? .deleted : .active
        query.experiment = try experiment.map { try store.experiment(matching: $0, view: deleted ? .all : .active) }
        try output.show(query, in: store)
    }
}
