import ApusInference

/// Prints each case as it ends, and counts.
struct ConformanceReport {
    enum Format { case lines, json }

    let allowed: RefusalManifest?
    let format: Format
    let isQuiet: Bool
    private(set) var refused = RefusalManifest()
    private var passedCount = 0
    private var failedCount = 0
    private var skippedCount = 0
    private var passedNames: [String] = []

    init(allowed: RefusalManifest?, format: Format, isQuiet: Bool) {
        (self.allowed, self.format, self.isQuiet) = (allowed, format, isQuiet)
    }

    mutating func add(_ name: String, _ verdict: Verdict) {
        switch verdict {
        case .passed: pass(name)
        case .failed(let reason): fail(name, reason)
        case .refused(let reason): refuse(name, reason)
        }
    }

    private mutating func pass(_ name: String) {
        passedCount += 1
        passedNames.append(name)
        if !isQuiet { show("ok", name, nil) }
    }

    private mutating func fail(_ name: String, _ reason: String) {
        failedCount += 1
        show("fail", name, reason)
    }

    private mutating func refuse(_ name: String, _ reason: String) {
        refused.add(name, reason: reason)
        if let allowed, !allowed.contains(name) { return fail(name, "refused, which the manifest has not: \(reason)") }
        skippedCount += 1
        if !isQuiet { show("refused", name, reason) }
    }

    private func show(_ verdict: String, _ name: String, _ reason: String?) {
        switch format {
        case .lines: Console.write(([verdict, name] + (reason.map { [$0] } ?? [])).joined(separator: " "))
        case .json:
            let members: [(key: String, value: JSONText)] = [("case", .string(name)), ("verdict", .string(verdict))]
            Console.write(JSONText.object(members + (reason.map { [("reason", .string($0))] } ?? [])).text)
        }
    }

    /// Prints the counts, which are the last line.
    func finish() throws {
        let stale = passedNames.filter { allowed?.contains($0) ?? false }
        if !stale.isEmpty {
            let names = stale.prefix(3).joined(separator: ", ") + (stale.count > 3 ? ", …" : "")
            Console(isQuiet: isQuiet).note("\(stale.count) cases of the manifest pass now (\(names)): write it anew")
        }
        switch format {
        case .lines: Console.write("\(passedCount) passed, \(failedCount) failed, \(skippedCount) skipped")
        case .json: Console.write(json.text)
        }
        if failedCount > 0 { throw ExitStatus.incomplete }
    }

    private var json: JSONText {
        .object([
            ("passed", .integer(passedCount)), ("failed", .integer(failedCount)), ("skipped", .integer(skippedCount)),
        ])
    }
}
