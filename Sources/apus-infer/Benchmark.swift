import ApusCore
import ApusInference
import ApusONNX
import ApusRuntime
import ApusArguments

struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure how fast a model runs.",
        discussion: """
            Runs the model on seeded arrays. cold_ms is loading and the first run together; the other times are of \
            runs after it and after the warm-up. With --json the last line is one object.

            Examples:
              apus-infer benchmark garments/1 --threads 1 --runs 50
              apus-infer benchmark model.onnx --shape images=4,3,320,320 --json
              apus-infer benchmark model.onnx --kernels avx2
              apus-infer benchmark v8n-segment.onnx --image street.jpg --runs 50

            \(ExitStatus.help)
            """)

    @OptionGroup var model: ModelArgument
    @OptionGroup var threads: ThreadsOption

    @OptionGroup var instructions: InstructionsOption

    @Option(help: "How many runs to measure.")
    var runs = 20

    @Option(help: "How many runs come before them, beside the first.")
    var warmUp = 2

    @Option(help: ArgumentHelp("The shape of an input, where the model leaves it open.", valueName: "name=extents"))
    var shape: [NamedValue] = []

    @Option(
        help: ArgumentHelp(
            "Measure the whole way from this image's pixels to the result, and its three parts.", valueName: "file"))
    var image: String?

    @Flag(help: "Print JSON, on one line.")
    var json = false

    @Flag(name: .shortAndLong, help: "Print the median alone, in milliseconds.")
    var quiet = false

    func validate() throws {
        guard (1...1_000_000).contains(runs) else {
            throw ValidationError("--runs is \(runs); choose a number from 1 to 1000000.")
        }
        guard (0...1_000_000).contains(warmUp) else {
            throw ValidationError("--warm-up is \(warmUp); choose a number from 0 to 1000000.")
        }
    }

    func run() throws {
        if let image {
            return try StageBenchmark(file: model.file(), threads: threads.count, runs: runs).run(
                image, warmUp: warmUp, json: json, quiet: quiet)
        }
        let samples = try SampleInputs(shape)
        let file = try model.file()
        let cold = Stopwatch()
        let session = try Session(
            model: Model(contentsOf: file),
            options: .init(threads: threads.count, instructions: instructions.chosen))
        let loading = cold.milliseconds
        let inputs = try samples.arrays(for: session.inputs)
        let first = Stopwatch()
        var outputs = try session.run(inputs)
        let coldTime = loading + first.milliseconds
        for _ in 0..<warmUp { try session.run(inputs, into: &outputs) }
        var times = [Double](repeating: 0, count: runs)
        for index in times.indices {
            let stopwatch = Stopwatch()
            try session.run(inputs, into: &outputs)
            times[index] = stopwatch.milliseconds
        }
        let report = BenchmarkReport(
            model: file, threads: threads.count, kernels: instructions.chosen.rawValue, cold: coldTime,
            times: Timings(times))
        Console.write(quiet && !json ? fixed(report.times.percentile(0.5), digits: 3) : report.text(json: json))
    }
}

/// Sorted times of several runs.
struct Timings {
    let sorted: [Double]

    init(_ times: [Double]) {
        precondition(!times.isEmpty, "no time to summarize")
        sorted = times.sorted()
    }

    /// The nearest rank: the smallest time that `fraction` of the runs do not exceed.
    func percentile(_ fraction: Double) -> Double {
        sorted[min(max(Int((fraction * Double(sorted.count)).rounded(.up)) - 1, 0), sorted.count - 1)]
    }

    var mean: Double { sorted.reduce(0, +) / Double(sorted.count) }
}

private struct BenchmarkReport {
    let model: String
    let threads: Int
    let kernels: String
    let cold: Double
    let times: Timings

    func text(json: Bool) -> String {
        let measures = [
            ("cold_ms", cold), ("min_ms", times.sorted[0]), ("median_ms", times.percentile(0.5)),
            ("p95_ms", times.percentile(0.95)), ("p99_ms", times.percentile(0.99)),
            ("throughput_per_s", 1000 / times.mean), ("peak_rss_mb", Double(peakResidentBytes()) / 1e6),
        ]
        guard json else {
            let lines = measures.map { "  " + $0.0 + padded(fixed($0.1, digits: 3), 30 - $0.0.count) }
            return (["\(model)  threads \(threads)  kernels \(kernels)  runs \(times.sorted.count)"] + lines).joined(
                separator: "\n")
        }
        let head: [(key: String, value: JSONText)] = [
            ("model", .string(model)), ("threads", .integer(threads)), ("kernels", .string(kernels)),
            ("runs", .integer(times.sorted.count)),
        ]
        return JSONText.object(head + measures.map { ($0.0, .number(($0.1 * 1000).rounded() / 1000)) }).text
    }
}
