import ApusTracking
import ArgumentParser

struct RunsGarbage: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "gc", abstract: "Remove for good what is deleted.",
        discussion: """
              apus runs gc --older-than 30d --dry-run
              apus runs gc --older-than 30d --yes

            Removes deleted runs, experiments and logged models with all their files. What a registered model's \
            version was made from stays, and what a process may still write; both are told.

            Exit status: 0 done, 1 something could not be removed, 2 nobody could be asked.
            """)

    @Option(help: "Only what was deleted this long ago, such as 30d, 12h or 1d12h30m.") var olderThan: String?
    @Option(help: "Only this experiment, by name or id.") var experiment: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var places: StoreOptions

    func validate() throws {
        if let olderThan, TimeSpan(olderThan) == nil {
            throw ValidationError("--older-than takes a time such as 30d, 12h, 1d12h30m or 90s, not '\(olderThan)'")
        }
    }

    func run() throws {
        let store = try places.open()
        let age = olderThan.flatMap { TimeSpan($0) }?.milliseconds ?? 0
        let garbage = store.garbage(
            olderThan: age, in: try experiment.map { try store.experiment(matching: $0, view: .all) })
        for (item, reason) in garbage.kept { change.common.terminal.say("kept \(text(item)): \(reason)") }
        let planned = garbage.items.map { PlannedChange(id: $0.id, text: text($0)) }
        try change.carryOut(
            "remove", "removed", planned,
            together: { planned in
                zip(planned, try store.collect(garbage.items)).map { item, outcome in
                    Result {
                        guard try outcome.get() else {
                            throw TrackingError.refused("\(item.text) changed meanwhile", remedy: "look again")
                        }
                    }
                }
            })
        let total = "\(counted(garbage.items.count, "item")), \(shownBytes(garbage.bytes))"
        change.common.terminal.say(change.dryRun ? "\(total) would be freed" : total)
    }

    private func text(_ item: Garbage.Item) -> String {
        "\(item.kind.rawValue) \(item.id.prefix(18))  \(item.name)"
            + (item.files > 0 ? "  (\(counted(item.files, "file")), \(shownBytes(item.bytes)))" : "")
    }
}

/// A time as MLflow writes it: `2d8h5m20s`.
struct TimeSpan {
    let milliseconds: Int64

    init?(_ text: String) {
        let units: [Character: Double] = ["d": 86_400, "h": 3600, "m": 60, "s": 1]
        var number = "", seconds = 0.0
        for character in text {
            guard let unit = units[character] else {
                number.append(character)
                continue
            }
            guard let value = Double(number), value >= 0, value.isFinite else { return nil }
            seconds += value * unit
            number = ""
        }
        guard number.isEmpty, !text.isEmpty, seconds < 1e12 else { return nil }
        milliseconds = Int64(seconds * 1000)
    }
}
