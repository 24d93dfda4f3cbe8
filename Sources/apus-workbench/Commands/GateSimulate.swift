import ApusCommands
import ApusCore
import ApusMetrics
import ArgumentParser
import Synchronization

struct GateSimulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate",
        abstract: "Count how often the gate stops candidates whose true difference is known.",
        discussion: """
            Pairs of made-up detectors, alike but for their noise or worse by a known number of points, are gated on \
            fresh sets of images by a rule on mAP50-95 and one on every class, both without tolerance. What is stopped \
            without being worse is a false alarm; what is stopped of the worse is the gate's power.

              apus gate simulate --images 250,1000 --trials 200
              apus gate simulate --time --images 5000 --classes 80 --objects 7 --invented 93

            Exit status: 0 done, 2 a number that makes no sense.
            """)

    @Option(help: "Sizes of the set, separated by commas.") var images = "100,250,500,1000"
    @Option(help: "Drops of the true mAP50-95 in points, separated by commas.") var drops = "0,1,2"
    @Option(help: "Pairs of detectors for each number.") var trials = 200
    @Option(help: "Of the bootstrap.") var draws = 1000
    @Option(help: "How many classes there are.") var classes = 10
    @Option(help: "Objects on an image, on average.") var objects = 4.0
    @Option(help: "Detections of nothing on an image, on average.") var invented = 6.0
    @Option(help: "Of all that is random.") var seed: UInt64 = 0
    @Flag(help: "Measure how long both sides' bootstrap takes instead.") var time = false
    @Flag(help: "Print one JSON object.") var json = false
    @OptionGroup var common: CommonOptions

    func validate() throws {
        let limits = [
            ("--trials", trials, 1...1_000_000), ("--draws", draws, 200...100_000), ("--classes", classes, 1...10_000),
        ]
        for (name, value, range) in limits where !range.contains(value) {
            throw ValidationError("\(name) is \(value), expected \(range.lowerBound) to \(range.upperBound).")
        }
        for (name, value) in [("--objects", objects), ("--invented", invented)] where !(0...1000).contains(value) {
            throw ValidationError("\(name) is \(value), expected 0 to 1000.")
        }
        _ = try sizes
        _ = try points
    }

    func run() throws {
        let detectors = SimulatedDetectors(
            classCount: classes, objectsPerImage: objects, inventedPerImage: invented, seed: seed)
        try time ? measure(detectors) : simulate(detectors)
    }

    private var sizes: [Int] {
        get throws { try numbers(images, "--images") { Int($0) } }
    }

    private var points: [Double] {
        get throws { try numbers(drops, "--drops") { Double($0) } }
    }

    private func numbers<Number: Comparable & ExpressibleByIntegerLiteral>(
        _ text: String, _ name: String, _ read: (Substring) -> Number?
    ) throws -> [Number] {
        let numbers = text.split(separator: ",").compactMap(read)
        guard !numbers.isEmpty, numbers.count == text.split(separator: ",").count,
            numbers.allSatisfy({ $0 >= 0 && $0 <= 1_000_000 })
        else { throw ValidationError("\(name) is \(text), expected numbers separated by commas.") }
        return numbers
    }

    private func simulate(_ detectors: SimulatedDetectors) throws {
        let simulation = GateSimulation(detectors: detectors, rules: GateSimulation.rules(draws: draws))
        let missed = try points.map { ($0, detectors.missedPart(forDrop: $0 / 100)) }
        var rates: [GateSimulation.Rates] = []
        let total = try sizes.count * missed.count * trials
        let bar = TrialBar(ProgressBar("simulate", terminal: common.terminal), total: total)
        for size in try sizes {
            for (drop, missed) in missed {
                rates.append(
                    simulation.rates(images: size, drop: drop, missed: missed, trials: trials) { bar.advance() })
            }
        }
        bar.finish()
        if json { return try printJSON(rates) }
        print(
            table(
                ["images", "true drop", "stopped", "open", "stopped by a class"],
                rates.map {
                    ["\($0.images)", fixed($0.drop, 1)] + [$0.overall, $0.open, $0.anyClass].map { fixed($0) }
                }))
    }

    private func measure(_ detectors: SimulatedDetectors) throws {
        for size in try sizes {
            let sides = [0, 1].map { detectors.matches(images: size, set: 0, detector: $0) }
            let start = ContinuousClock.now
            for side in sides { _ = try side.bootstrap(draws: draws, seed: seed) }
            let timing = BootstrapTiming(
                images: size, detections: sides[0].detectionCount, draws: draws, threads: availableCores,
                seconds: (ContinuousClock.now - start).seconds)
            if json { try printJSON(timing) } else { print(timing.text) }
        }
    }
}

/// How long both sides of a gate took.
private struct BootstrapTiming: Encodable {
    var images, detections, draws, threads: Int
    var seconds: Double

    var text: String {
        "\(images) images, \(detections) detections a side, \(draws) draws, \(threads) threads: \(fixed(seconds, 2)) s"
    }
}

/// Counts trials that end on several threads.
private final class TrialBar: @unchecked Sendable {
    private let bar: ProgressBar
    private let total: Int
    private let done = Mutex(0)

    init(_ bar: ProgressBar, total: Int) { (self.bar, self.total) = (bar, total) }

    func advance() {
        let count = done.withLock { count in
            count += 1
            return count
        }
        bar.update(count, of: total)
    }

    func finish() { bar.finish() }
}
