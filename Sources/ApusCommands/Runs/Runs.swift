import ArgumentParser

public struct Runs: ParsableCommand {
    public static let configuration = CommandConfiguration(
        abstract: "Look into the tracking store, compare runs, and clean it up.",
        subcommands: [
            RunsList.self, RunsSearch.self, RunsShow.self, RunsExperiments.self, RunsCompare.self, RunsDiff.self,
            RunsPlot.self, RunsTail.self, RunsDelete.self, RunsRestore.self, RunsRename.self, RunsGarbage.self,
            RunsRelocate.self, RunsExport.self, RunsSync.self, RunsCheck.self,
        ])

    public init() {}
}
