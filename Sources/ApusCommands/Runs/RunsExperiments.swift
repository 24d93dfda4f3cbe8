import ApusTracking
import ArgumentParser

struct RunsExperiments: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiments", abstract: "List experiments, oldest first, deleted ones too.",
        discussion: "  apus runs experiments\n\nExit status: 0 done, 2 there is no store.")

    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        let records = store.experiments(includingDeleted: true).map { experiment in
            Record(experiment, runs: store.runSummaries(in: experiment, includingValues: false))
        }
        if json { return try printJSON(records) }
        print(
            table(
                ["experiment", "id", "created (UTC)", "runs", "deleted runs", "state"],
                records.map {
                    [
                        shortened($0.name, 48), $0.id, shownTime($0.creationTime), "\($0.runs)", "\($0.deletedRuns)",
                        $0.isDeleted ? "deleted" : "active",
                    ]
                }))
    }

    private struct Record: Encodable {
        var id, name: String
        var creationTime: Int64
        var runs, deletedRuns: Int
        var isDeleted: Bool

        init(_ experiment: Experiment, runs: [RunSummary]) {
            (id, name, creationTime) = (experiment.id, experiment.name, experiment.creationTime)
            isDeleted = experiment.isDeleted
            deletedRuns = runs.count(where: \.isDeleted)
            self.runs = runs.count - deletedRuns
        }

        enum CodingKeys: String, CodingKey {
            case id, name, runs
            case creationTime = "creation_time"
            case deletedRuns = "deleted_runs"
            case isDeleted = "deleted"
        }
    }
}
