extension GateReport {
    /// The report as JUnit XML: a test case for each rule, which CI systems show by name.
    ///
    /// A regression is a failure, a misconfiguration an error; warnings are told in the case's output.
    public var junit: String {
        let gate = problems.map { testCase("gate", "<error message=\"\(xml($0))\"/>") }
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
        "<testcase classname=\"gate\" name=\"\(xml(name))\">\(content)</testcase>"
    }

    private func outcome(_ row: Row) -> String {
        let numbers = [
            row.candidate.map { "candidate \(shortest($0))" }, row.baseline.map { "baseline \(shortest($0))" },
            row.delta.map { "delta \(signed($0))" },
            row.interval.map { "95 % interval \(signed($0.lower)) … \(signed($0.upper))" },
            "judged by \(row.basis.rawValue)",
        ].compactMap { $0 }.joined(separator: ", ")
        switch row.verdict {
        case .regression: return "<failure message=\"\(xml(row.reason))\">\(xml(numbers))</failure>"
        case .misconfigured: return "<error message=\"\(xml(row.reason))\">\(xml(numbers))</error>"
        case .skipped: return "<skipped message=\"\(xml(row.reason))\"/>"
        case .warning: return "<system-out>\(xml("warning: \(row.reason); \(numbers)"))</system-out>"
        case .pass: return "<system-out>\(xml(numbers))</system-out>"
        }
    }
}

/// Text that XML takes, without the control characters that it has no way to write.
private func xml(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "\t", "\n", "\r": result += " "
        case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF: result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}
