import ApusTracking
import ArgumentParser

struct RunsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List runs, newest first.",
        discussion: """
              apus runs list --metric val/mAP50 --param optimizer.lr0
              apus runs list --deleted

            Exit status: 0 done, 2 there is no such experiment or store.
            """)

    @Option(help: "Only this experiment, by name or id.") var experiment: String?
    @Flag(help: "Deleted runs instead, those of deleted experiments too.") var deleted = false
    @Flag(help: "Deleted runs as well.") var all = false
    @OptionGroup var output: RunListOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        var query = try RunQuery("", limit: output.limit)
        query.view = deleted ? .deleted : all ? .all : .active
        query.experiment = try experiment.map {
            try store.experiment(matching: $0, view: query.view == .active ? .active : .all)
        }
        try output.show(query, in: store)
    }
}
