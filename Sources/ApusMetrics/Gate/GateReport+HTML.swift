import ApusVision

extension GateReport {
    /// The report as one HTML page that needs nothing else: no network, no script. What comes from outside is escaped.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Gate: \(escaped(headline))</title><style>\(reportStyle)\(gateStyle)</style></head><body><main>
        <header><h1>Gate: <span class="verdict \(verdict.rawValue)">\(escaped(headline))</span></h1>\
        <p>\(escaped(subjects))</p></header>
        \(problems.map { "<p class=\"note\">\(escaped($0))</p>\n" }.joined())\
        \(rows.isEmpty ? "" : ruleSection)\(detailSection)
        </main></body></html>

        """
    }

    private var subjects: String {
        switch (candidate, baseline) {
        case (let candidate?, let baseline?): "\(candidate) against \(baseline)"
        case (let candidate?, nil): candidate
        default: ""
        }
    }

    private var ruleSection: String {
        let body = rows.map { row in
            """
            <tr><th scope="row">\(escaped(row.metric))</th>\
            <td><span class="verdict \(row.verdict.rawValue)">\(row.verdict.rawValue)</span></td>\
            <td>\(number(row.candidate))</td><td>\(number(row.baseline))</td>\
            <td>\(row.delta.map { signed(rounded($0)) } ?? "–")</td><td>\(forest(row))</td>\
            <td>\(escaped(row.bound))</td><td class="reason">\(escaped(explanation(row)))</td></tr>

            """
        }
        return """
            <section><h2>Rules</h2><div class="scroll"><table class="numbers classes"><thead><tr>\
            <th scope="col">metric</th><th>verdict</th><th>candidate</th><th>baseline</th><th>difference</th>\
            <th>95 % interval</th><th>bound</th><th class="reason">why</th></tr></thead><tbody>
            \(body.joined())</tbody></table></div>
            <p>The bar is the interval of candidate − baseline, the dot the difference as measured, the line no \
            change.</p></section>

            """
    }

    /// Four decimals, of large numbers none.
    private func rounded(_ value: Double) -> Double {
        guard abs(value) < 1e9 else { return value }
        let scale = abs(value) < 1000 ? 1e4 : 1
        return (value * scale).rounded() / scale
    }

    private func number(_ value: Double?) -> String { value.map { shortest(rounded($0)) } ?? "–" }

    private func explanation(_ row: Row) -> String {
        let basis = row.basis == .value ? "by value" : "by \(row.basis.rawValue)"
        return row.reason.isEmpty ? basis : "\(row.reason) (\(basis))"
    }

    private var detailSection: String {
        let facts = identity.sorted { $0.key < $1.key }.map {
            "<tr><th scope=\"row\">\(escaped($0.key))</th><td>\(escaped($0.value))</td></tr>"
        }
        let remarks = notes.map { "<p>\(escaped($0))</p>" }.joined()
        guard !facts.isEmpty || !notes.isEmpty else { return "" }
        return "<section>\(remarks)<table class=\"details\">\(facts.joined())</table></section>\n"
    }

    /// The interval as a bar about the line of no change; each row has its own scale.
    private func forest(_ row: Row) -> String {
        guard let interval = row.interval, let delta = row.delta else { return "–" }
        let reach = max(abs(interval.lower), abs(interval.upper), abs(delta), 1e-9) * 1.1
        func x(_ value: Double) -> Double { 70 + 64 * value / reach }
        return """
            <svg class="forest" viewBox="0 0 140 18" role="img" \
            aria-label="\(signed(interval.lower)) to \(signed(interval.upper))">\
            <path class="zero" d="M70 1V17"/>\
            <path class="bar" d="M\(fixed(x(interval.lower), 1)) 9H\(fixed(x(interval.upper), 1))"/>\
            <circle cx="\(fixed(x(delta), 1))" cy="9" r="3.5"/></svg>\
            <span>\(signed(rounded(interval.lower))) … \(signed(rounded(interval.upper)))</span>
            """
    }
}

private let gateStyle = """
    .verdict{padding:1px 9px;border-radius:99px;font-weight:600;background:rgb(var(--good-rgb)/.18)}
    .verdict.regression,.verdict.misconfigured{background:rgb(var(--bad-rgb)/.22)}
    .verdict.warning{background:#e7b43c40}.verdict.skipped{background:var(--line)}
    .forest{width:110px;height:14px;display:block;margin-left:auto}
    .forest .zero{stroke:var(--soft);stroke-dasharray:2 2}.forest .bar{stroke:var(--accent);stroke-width:4}
    .forest circle{fill:var(--ink)}
    .numbers .reason{white-space:normal;text-align:left;min-width:180px;font-size:13px}
    """
