import ApusCore

extension GateRules {
    /// Judges a candidate's numbers; the caller vouches that both sides are comparable.
    public func evaluate(candidate: [String: Double], baseline: [String: Double]?) -> GateReport {
        let subjects = (
            GateSubject(name: "candidate", metrics: candidate, identity: [:]),
            baseline.map { GateSubject(name: "baseline", metrics: $0, identity: [:]) }
        )
        return GateReport(rows: rows(subjects.0, subjects.1, threads: 1), problems: problems)
    }

    /// Judges a candidate against a baseline that was measured on the same data in the same way.
    ///
    /// Fails closed: whatever is missing, not a number or different in identity makes the gate misconfigured.
    ///
    /// - Parameter threads: for the bootstrap; the result does not depend on them.
    public func evaluate(
        candidate: GateSubject, baseline: GateSubject?, threads: Int = availableCores
    ) -> GateReport {
        let troubles = problems + imageProblems(candidate) + (baseline.map { differences(candidate, $0) } ?? [])
        // What is not comparable is not compared: its numbers would only mislead.
        let rows = troubles.isEmpty ? rows(candidate, baseline, threads: threads) : []
        return GateReport(
            rows: rows, problems: troubles + emptyProblems(rows, troubles), notes: notes(candidate, baseline, rows),
            candidate: candidate.name, baseline: baseline?.name, identity: candidate.identity)
    }

    private var problems: [String] { rules.isEmpty ? ["there are no rules, so nothing would be checked"] : [] }

    private func emptyProblems(_ rows: [GateReport.Row], _ troubles: [String]) -> [String] {
        guard troubles.isEmpty, rows.allSatisfy({ $0.verdict == .skipped }) else { return [] }
        return ["no rule could be judged, so nothing was checked"]
    }

    private func imageProblems(_ candidate: GateSubject) -> [String] {
        let count = candidate.matches?.imageIDs.count ?? candidate.identity["images"].flatMap { Int($0) }
        if count == 0 { return ["\(candidate.name) was measured on no images"] }
        guard let images else { return [] }
        guard let count else {
            return ["the rules ask for \(images) images; \(candidate.name) does not say its number"]
        }
        return count < images ? ["the rules ask for \(images) images, \(candidate.name) was measured on \(count)"] : []
    }

    private func rows(_ candidate: GateSubject, _ baseline: GateSubject?, threads: Int) -> [GateReport.Row] {
        let source = EvidenceSource(rules: self, candidate: candidate, baseline: baseline, threads: threads)
        var gathered: [String?: GateEvidence] = [:]
        for slice in Set(rules.map(\.slice)) { gathered[slice] = source.evidence(slice: slice) }
        let judgements = rules.flatMap { rule in
            let evidence = gathered[rule.slice] ?? source.evidence(slice: rule.slice)
            let questions = rule.questions(of: candidate)
            return questions.isEmpty ? [unanswerable(rule, evidence)] : questions.map { GateJudgement($0, evidence) }
        }
        let corrected = judgements.indices.filter { judgements[$0].isCorrected }
        let adjusted = holmAdjusted(corrected.compactMap { judgements[$0].regressionProbability })
        var probabilities = judgements.map(\.regressionProbability)
        for (index, probability) in zip(corrected, adjusted) { probabilities[index] = probability }
        return zip(judgements, probabilities).map { $0.judged(probability: $1) }
    }

    /// A rule for every class where no class is known.
    private func unanswerable(_ rule: GateRule, _ evidence: GateEvidence) -> GateJudgement {
        GateJudgement(GateQuestion(rule: rule, name: rule.metric + "/CLASS"), evidence)
    }

    private func notes(
        _ candidate: GateSubject, _ baseline: GateSubject?, _ rows: [GateReport.Row]
    ) -> [String] {
        var notes: [String] = []
        let bases = Set(rows.map(\.basis))
        if bases.contains(.paired), let count = candidate.matches?.imageIDs.count {
            notes.append(
                "differences: paired bootstrap over \(count) images, \(draws) draws, seed \(seed), 95 % intervals; "
                    + "per-class rules corrected by Holm's method")
        }
        if bases.contains(.unpaired) {
            notes.append(
                "the baseline is numbers alone: differences are judged by the candidate's own spread, as if unpaired, "
                    + "which proves less than pairing; write it with `apus gate baseline`")
        }
        if baseline != nil, rows.contains(where: { $0.delta != nil && $0.basis == .value && $0.interval == nil }) {
            notes.append("rules without an interval were judged by the values as they were measured")
        }
        for subject in [candidate, baseline].compactMap({ $0 }) where !subject.unstated.isEmpty {
            notes.append("\(subject.name) does not say its \(subject.unstated.joined(separator: ", ")): not compared")
        }
        return notes
    }
}

/// Why the two sides cannot be compared.
private func differences(_ candidate: GateSubject, _ baseline: GateSubject) -> [String] {
    let unstated = Set(candidate.unstated + baseline.unstated)
    let keys = Set(candidate.identity.keys).union(baseline.identity.keys).subtracting(unstated)
    let differences = keys.sorted().compactMap { key -> String? in
        let (ours, theirs) = (candidate.identity[key], baseline.identity[key])
        guard ours != theirs else { return nil }
        return "\(key) differs: \(candidate.name) has \(ours ?? "none"), \(baseline.name) has \(theirs ?? "none");"
            + " evaluate both on the same \(key)"
    }
    guard let ours = candidate.matches, let theirs = baseline.matches, differences.isEmpty else { return differences }
    if ours.classNames != theirs.classNames { return ["the classes differ: evaluate models of the same classes"] }
    if ours.imageIDs != theirs.imageIDs { return ["the images differ: evaluate both on the same images"] }
    return ours.profile == theirs.profile ? [] : ["the profiles of the matches differ: evaluate both in one profile"]
}

/// Up to six significant decimals, without trailing zeros.
func shortest(_ value: Double) -> String {
    guard abs(value) < 1e12 else { return "\(value)" }
    let rounded = (value * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
}
