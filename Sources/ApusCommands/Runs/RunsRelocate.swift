import ApusTracking
import ArgumentParser

struct RunsRelocate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "relocate", abstract: "Mend the store's absolute paths after it was moved or copied.",
        discussion: """
              apus runs relocate --dry-run
              apus runs relocate

            MLflow keeps absolute paths to artifacts and finds none after a move; apus reads a moved store without \
            this.

            Exit status: 0 done, 2 there is no store, or it cannot be written.
            """)

    @Flag(help: "Only say what would change.") var dryRun = false
    @Flag(help: "Print a JSON array.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func run() throws {
        let store = try places.open()
        let paths = store.relocations()
        let changed = dryRun ? [] : try store.relocate()
        if json { return try printJSON(paths.map(Record.init)) }
        if !common.quiet {
            for path in paths where dryRun { print("\(path.file)\n  \(path.key): \(path.old)\n  → \(path.new)") }
        }
        common.terminal.say(
            dryRun ? "\(counted(paths.count, "path")) would change" : "\(counted(changed.count, "file")) changed")
    }

    private struct Record: Encodable {
        var file, key, old, new: String

        init(_ path: RelocatedPath) { (file, key, old, new) = (path.file, path.key, path.old, path.new) }
    }
}
