import ApusVision

extension GateReport {
    /// The report as JUnit XML: a test case for each rule, which CI systems show by name.
    ///
    /// A regression is a failure, a misconfiguration an error; warnings are told in the case's output.
    public var junit: String {
        let gate = problems.map { testCase("gate", "<error message=\"\(escaped($0))\"/>") }
        let cases = gate + rows.map { testCase("\($0.metric) \($0.bound)", outcome($0)) }
        let failures = rows.count { $0.verdict == .regression }
        let errors = rows.count { $0.verdict == .misconfigured } + problems.count
        let skipped = rows.count { $0.verdict == .skipped }
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites>
            <testsuite name="apus gate" tests="\(cases.count)" failures="\(failures)" errors="\(errors)" \
            skipped="\(skipped)">
            \(cases.joined(separator: "\n"))
            </testsuite>
            </testsuites>

            """
    }

    private func testCase(_ name: String, _ content: String) -> String {
        "<testcase classname=\"gate\" name=\"\(escaped(name))\">\(content)</testcase>"
    }

    private func outcome(_ row: Row) -> String {
        let numbers = [
            row.candidate.map { "candidate \(shortest($0))" }, row.baseline.map { "baseline \(shortest($0))" },
            row.delta.map { "delta \(signed($0))" },
            row.interval.map { "95 % interval \(signed($0.lower)) … \(signed($0.upper))" },
            "judged by \(row.basis.rawValue)",
        ].compactMap { $0 }.joined(separator: ", ")
        switch row.verdict {
        case .regression: return "<failure message=\"\(escaped(row.reason))\">\(escaped(numbers))</failure>"
        case .misconfigured: return "<error message=\"\(escaped(row.reason))\">\(escaped(numbers))</error>"
        case .skipped: return "<skipped message=\"\(escaped(row.reason))\"/>"
        case .warning: return "<system-out>\(escaped("warning: \(row.reason); \(numbers)"))</system-out>"
        case .pass: return "<system-out>\(escaped(numbers))</system-out>"
        }
    }
}
