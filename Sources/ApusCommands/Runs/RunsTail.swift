import ApusTracking
import ArgumentParser
import FoundationEssentials
import Glibc

struct RunsTail: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail", abstract: "Show the last values of a run, and more as they arrive.",
        discussion: """
              apus runs tail latest --follow
              apus runs tail latest --follow --metric val/mAP50 --json | while read line; do …; done

            A line is a step with its values; --json writes one object a value. --follow ends when the run ends, and \
            asks the sizes of the run's files meanwhile.

            Exit status: 0 done, or the followed run finished; 1 the followed run failed, was killed, or its process \
            is gone; 2 there is no such run.
            """)

    @Argument(help: ArgumentHelp("A run: an id, the start of one, a name, or latest.", valueName: "run"))
    var reference = "latest"
    @Flag(name: .shortAndLong, help: "Wait for more until the run ends.") var follow = false
    @Option(
        name: .customLong("metric"),
        help: "A metric, or the beginning of several with * behind it; may be repeated. Without it: all but parts.")
    var metrics: [String] = []
    @Option(name: .customShort("n"), help: "How many steps to show of those that are there.") var lines = 10
    @Option(help: "Seconds between two looks.") var every = 1.0
    @Flag(help: "Print one JSON object a line and value.") var json = false
    @OptionGroup var common: CommonOptions
    @OptionGroup var places: StoreOptions

    func validate() throws {
        guard lines >= 0 else { throw ValidationError("-n is 0 or more") }
        guard (0.05...3600).contains(every) else { throw ValidationError("--every is 0.05 to 3600 seconds") }
    }

    func run() throws {
        let store = try places.open()
        let run = try store.run(matching: reference, view: .all)
        common.terminal.say("run \(run.id), \(try run.name())")
        var follower = try RunFollower(run)
        show(lastSteps(wanted(try follower.poll())))
        guard follow else { return common.terminal.say(try store.summary(of: run).ending) }
        while true {
            // Asked first: what was recorded before the end is read after it.
            let summary = try store.state(of: run)
            show(wanted(try follower.poll()))
            guard summary.status == .running, !summary.isAbandoned else { return try end(summary) }
            usleep(UInt32(every * 1e6))
        }
    }

    private func end(_ summary: RunSummary) throws {
        common.terminal.say(summary.ending)
        if summary.status != .finished { throw ExitCode(1) }
    }

    private func wanted(_ updates: [RunFollower.Update]) -> [RunFollower.Update] {
        updates.filter { update in
            guard !metrics.isEmpty else { return update.key.count { $0 == "/" } < 2 }
            return metrics.contains { $0.hasSuffix("*") ? update.key.hasPrefix($0.dropLast()) : update.key == $0 }
        }
    }

    private func lastSteps(_ updates: [RunFollower.Update]) -> [RunFollower.Update] {
        let steps = Set(updates.map(\.point.step)).sorted().suffix(lines)
        return updates.filter { steps.contains($0.point.step) }
    }

    private func show(_ updates: [RunFollower.Update]) {
        if json {
            for update in updates { print(jsonLine(update)) }
            return
        }
        for (step, group) in Dictionary(grouping: updates, by: \.point.step).sorted(by: { $0.key < $1.key }) {
            let line = "\(step)  " + texts(group).joined(separator: "  ")
            print(Ink.isTerminal ? shortened(line, Ink.width) : line)
        }
    }

    /// The last value of each metric; what measures the machine stands behind the rest.
    private func texts(_ group: [RunFollower.Update]) -> [String] {
        let values = Dictionary(group.map { ($0.key, $0.point.value) }) { _, last in last }
        let keys = values.keys.sorted()
        let (machine, own) = (
            keys.filter(RunComparison.isIncidental(metric:)), keys.filter { !RunComparison.isIncidental(metric: $0) }
        )
        return (own + machine).map { "\($0) \(values[$0].map(significant) ?? "–")" }
    }

    /// A value that is not finite becomes null.
    private func jsonLine(_ update: RunFollower.Update) -> String {
        struct Line: Encodable {
            var metric: String
            var step, timestamp: Int64
            var value: Double?
        }
        let point = update.point
        let line = Line(
            metric: update.key, step: point.step, timestamp: point.timestamp,
            value: point.value.isFinite ? point.value : nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension RunSummary {
    /// How the run stands.
    fileprivate var ending: String {
        switch status {
        case .running where isAbandoned: "abandoned: its process is gone, after \(shownDuration)"
        case .running: "running for \(shownDuration)"
        default: "\(shownStatus) after \(shownDuration)"
        }
    }
}
