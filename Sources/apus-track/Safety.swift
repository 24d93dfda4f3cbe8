import ApusTracking
import Glibc

// What `scripts/benchmarks/track-safety` has many processes do.

func race(_ root: String, _ count: Int) throws {
    let store = try store(root), experiment = try store.experiment(named: "race")
    let start = seconds()
    for number in 0..<count {
        let run = try store.createRun(
            in: experiment, name: "\(getpid())-\(number)", parameters: ["number": "\(number)", "opt/lr": "0.1"])
        for step in 0..<3 {
            try run.log(metrics: ["loss": Double(number), "val/acc": 1 / Double(step + 1)], step: step)
        }
        try run.setTag("process", "\(getpid())")
        try run.finish()
    }
    report(start, count)
}

/// Runs of 2000 steps, one after the other. Each value's run, step and time go to `marks` once it was logged.
func work(_ root: String, marks path: String) throws {
    let store = try TrackingStore(root: root), experiment = try store.experiment(named: "work")
    let marks = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o666)
    while true {
        let run = try store.createRun(in: experiment, parameters: ["lr": "0.1"], git: nil)
        try run.logDataset(name: "d", digest: "1", source: "/d")
        for step in 0..<2000 {
            try run.log(metrics: ["loss": Double(step), "val/acc": 0.5], step: step)
            let line = "\(run.id) \(step) \(Int(seconds() * 1000))\n"
            write(marks, line, line.utf8.count)
            if step == 500 { try run.logArtifact(text: line, as: "notes/a.txt") }
            usleep(500)
        }
        try run.finish()
    }
}

/// Goes on as training would: an error of logging is counted and told, no more.
func endure(_ root: String, _ count: Int) throws {
    let store = try store(root), run = try store.createRun(in: try store.experiment(named: "endure"))
    var failures = [String]()
    for step in 0..<count {
        do { try run.log(metrics: ["loss": Double(step)], step: step) } catch { failures.append("\(error)") }
        usleep(1000)
    }
    do { try run.finish() } catch { failures.append("\(error)") }
    let first = (failures.first ?? "").replacing("\"", with: "'")
    print("{\"run\": \"\(run.id)\", \"steps\": \(count), \"failures\": \(failures.count), \"first\": \"\(first)\"}")
}

func verify(_ root: String) throws {
    let store = try TrackingStore(root: root, creatingIfMissing: false)
    let findings = store.check()
    for finding in findings where finding.severity == .error { print(finding) }
    let runs = store.runSummaries()
    let values = runs.reduce(0) { $0 + $1.metrics.count }
    let errors = findings.count { $0.severity == .error }
    let finished = runs.count { $0.status == .finished }
    print("{\"runs\": \(runs.count), \"finished\": \(finished), \"metrics\": \(values), \"errors\": \(errors)}")
    if errors > 0 { exit(1) }
}

func showHistory(_ root: String, _ id: String) throws {
    let steps = try store(root).run(id: id).history(of: "loss").map(\.step)
    let isWhole = steps == Array(0..<Int64(steps.count))
    print("{\"count\": \(steps.count), \"whole\": \(isWhole)}")
}

/// How long a training loop that logs 12 values a step, each 10 ms, is kept by it.
func logSteps(_ root: String, _ count: Int) throws {
    let store = try TrackingStore(root: root), run = try store.createRun(in: try store.experiment(named: "step"))
    var metrics = [String: Double](), longest = 0.0, whole = 0.0
    for key in 0..<12 { metrics["train/part\(key)_loss"] = 1 / Double(key + 3) }
    try run.log(metrics: metrics, step: 0)
    for step in 1...count {
        let start = seconds()
        try run.log(metrics: metrics, step: step)
        let time = seconds() - start
        longest = max(longest, time)
        whole += time
        usleep(10_000)
    }
    try run.finish()
    print("{\"steps\": \(count), \"mean_us\": \(whole / Double(count) * 1e6), \"longest_us\": \(longest * 1e6)}")
}
