import ApusTracking
import ArgumentParser

struct RunsRename: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rename", abstract: "Give a run or an experiment another name.",
        discussion: """
              apus runs rename 1f0c 'larger images'
              apus runs rename --experiment tries bccd

            Exit status: 0 done, 2 there is no such run, or the name cannot be had.
            """)

    @Argument(help: ArgumentHelp("The run and its new name, or the experiment's new name alone.", valueName: "name"))
    var names: [String]
    @Option(help: "The experiment to rename, by name or id.") var experiment: String?
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func validate() throws {
        guard names.count == (experiment == nil ? 2 : 1) else {
            throw ValidationError("give RUN NAME, or --experiment EXPERIMENT NAME")
        }
    }

    func run() throws {
        let store = try places.open(), name = names[names.count - 1]
        if let experiment {
            let found = try store.experiment(matching: experiment)
            try store.rename(found, to: name)
            return common.terminal.say("experiment \(found.id) is '\(name)' now")
        }
        let run = try store.run(matching: names[0], view: .all, exactly: true)
        try run.rename(to: name)
        common.terminal.say("run \(run.id.prefix(12)) is '\(name)' now")
    }
}
