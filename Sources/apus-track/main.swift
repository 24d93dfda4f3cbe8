import ApusTracking
import Glibc

// Writes and searches a tracking store and nothing else: how fast it is, and what is left of it when it is killed.
// `scripts/benchmarks/track` runs it beside MLflow's client, `scripts/benchmarks/track-safety` many times at once.

let usage = """
    usage: apus-track fill STORE RUNS              makes runs, each with 20 metrics, 5 parameters and its end
           apus-track create STORE RUNS            makes empty runs; create-durable brings each to the disk
           apus-track log STORE POINTS             logs one metric's values, one call each
           apus-track search STORE FILTER ORDER    finds 100 runs; ORDER such as 'metrics.m1 DESC'
           apus-track scan STORE FILTER ORDER      the same without an index
           apus-track step STORE STEPS             what logging costs a training loop: 12 values a step
           apus-track race STORE RUNS              makes runs beside other processes: 2 metrics, 3 values each
           apus-track work STORE MARKS             makes runs until it is killed; MARKS gets the time of each value
           apus-track endure STORE STEPS           logs on, whatever the disk says, and tells how often it failed
           apus-track verify STORE                 opens and checks a store, and counts what is in it
           apus-track history STORE RUN            a run's values of `loss`: how many, and whether none is missing
           apus-track repair STORE                 mends what is damaged

    """

func refuse() -> Never {
    write(STDERR_FILENO, usage, usage.utf8.count)
    exit(2)
}

func seconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func report(_ start: Double, _ count: Int, _ more: String = "") {
    print("{\"seconds\": \(seconds() - start), \"count\": \(count)\(more)}")
}

func store(_ root: String, durable isDurable: Bool = false) throws -> TrackingStore {
    try TrackingStore(root: root, repairing: false, durable: isDurable)
}

func createRuns(_ root: String, _ count: Int, durable isDurable: Bool) throws {
    let store = try store(root, durable: isDurable), experiment = try store.experiment(named: "empty")
    let start = seconds()
    for _ in 0..<count { _ = try store.createRun(in: experiment) }
    report(start, count)
}

func fill(_ root: String, _ count: Int) throws {
    let store = try store(root), experiment = try store.experiment(named: "bench")
    let start = seconds()
    for number in 0..<count {
        let parameters = ["lr": number % 2 == 0 ? "0.01" : "0.1", "a": "1", "b": "2", "c": "3", "d": "\(number)"]
        let run = try store.createRun(in: experiment, parameters: parameters)
        var metrics = [String: Double]()
        for key in 0..<20 { metrics["m\(key)"] = Double((number * 7919 + key * 104_729) % 10_007) / 10_007 }
        try run.log(metrics: metrics, step: 0)
        try run.finish()
    }
    report(start, count)
}

func logPoints(_ root: String, _ count: Int) throws {
    let store = try store(root)
    let run = try store.createRun(in: try store.experiment(named: "log"))
    let start = seconds()
    for step in 0..<count { try run.log(metrics: ["loss": Double(step) / 7], step: step) }
    report(start, count)
}

func search(_ root: String, _ filter: String, _ order: String, usingIndex isIndexed: Bool) throws {
    let start = seconds()
    let query = try RunQuery(filter, orderedBy: [order], limit: 100)
    let result = try store(root).search(query, usingIndex: isIndexed)
    let ids = result.runs.map { "\"\($0.id)\"" }.joined(separator: ", ")
    report(
        start, result.runs.count, ", \"matches\": \(result.matches), \"read\": \(result.runsRead), \"ids\": [\(ids)]")
}

let words = Array(CommandLine.arguments.dropFirst())
do {
    switch (words.first, words.count) {
    case ("fill", 3): try fill(words[1], Int(words[2]) ?? 0)
    case ("create", 3), ("create-durable", 3):
        try createRuns(words[1], Int(words[2]) ?? 0, durable: words[0] == "create-durable")
    case ("log", 3): try logPoints(words[1], Int(words[2]) ?? 0)
    case ("search", 4), ("scan", 4): try search(words[1], words[2], words[3], usingIndex: words[0] == "search")
    case ("step", 3): try logSteps(words[1], Int(words[2]) ?? 0)
    case ("race", 3): try race(words[1], Int(words[2]) ?? 0)
    case ("work", 3): try work(words[1], marks: words[2])
    case ("endure", 3): try endure(words[1], Int(words[2]) ?? 0)
    case ("verify", 2): try verify(words[1])
    case ("history", 3): try showHistory(words[1], words[2])
    case ("repair", 2): for repair in try store(words[1]).repair() { print(repair) }
    default: refuse()
    }
} catch {
    let text = "apus-track: \(error)\n"
    write(STDERR_FILENO, text, text.utf8.count)
    exit(1)
}
