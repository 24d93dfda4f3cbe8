import ApusCore

/// What both sides of a gate say about one part of the images.
struct GateEvidence: Sendable {
    var candidate: [String: Double]
    /// `nil` without a baseline.
    var baseline: [String: Double]?
    /// The candidate's objects by class; `nil` where nothing but numbers is known.
    var instances: [Int]?
    var candidateDraws: BootstrapDraws?
    var baselineDraws: BootstrapDraws?
    /// Classifiers: the images on which only one side is right.
    var mcNemar: McNemar?
    /// Side by side measurements, by metric: candidate and baseline in turns.
    var measurements: [String: (candidate: [Double], baseline: [Double])] = [:]
    /// Why there is nothing to say about this part.
    var fault: String?

    /// How a metric's difference is known, and by how much the candidate is better.
    func gain(
        of name: String, direction: MetricDirection, by gain: Double
    ) -> (basis: GateReport.Basis, estimate: GainEstimate?) {
        let sign = direction == .higher ? 1.0 : -1.0
        if let pairs = measurements[name] {
            let gains = zip(pairs.candidate, pairs.baseline).map { sign * ($0 - $1) }
            return (.interleaved, GainEstimate(pairedGains: gains))
        }
        guard let own = candidateDraws?[name] else { return (.value, nil) }
        guard let other = baselineDraws?[name] else {
            return (.unpaired, GainEstimate(gain: gain, candidateDraws: own))
        }
        return (.paired, GainEstimate(gain: gain, draws: zip(own, other).map { sign * ($0 - $1) }))
    }
}

/// Gathers what rules need from both sides.
struct EvidenceSource {
    let rules: GateRules
    let candidate: GateSubject
    let baseline: GateSubject?
    let threads: Int

    /// Of all images, or of the slice with this name.
    func evidence(slice name: String?) -> GateEvidence {
        guard let name else { return whole() }
        do throws(SliceFault) {
            return try part(try slice(named: name))
        } catch {
            return GateEvidence(candidate: [:], fault: error.reason)
        }
    }

    private struct SliceFault: Error {
        var reason: String
    }

    private func whole() -> GateEvidence {
        var evidence = GateEvidence(candidate: candidate.metrics, baseline: baseline?.metrics)
        if let matches = candidate.matches {
            evidence.instances = matches.metrics(weights: Array(repeating: 1, count: matches.imageIDs.count)).instances
        }
        for (name, own) in candidate.measurements {
            guard let other = baseline?.measurements[name], own.count == other.count else { continue }
            evidence.measurements[name] = (own, other)
        }
        if compares(nil) {
            evidence.candidateDraws = try? candidate.matches?.bootstrap(
                draws: rules.draws, seed: rules.seed, threads: threads)
            evidence.baselineDraws = try? baseline?.matches?.bootstrap(
                draws: rules.draws, seed: rules.seed, threads: threads)
            if let own = candidate.matches, let other = baseline?.matches {
                evidence.mcNemar = McNemar(candidate: own, baseline: other)
            }
        }
        return evidence
    }

    private func slice(named name: String) throws(SliceFault) -> ImageSlice {
        let known = candidate.slices.isEmpty ? baseline?.slices ?? [] : candidate.slices
        guard let slice = known.first(where: { $0.name == name }) else {
            let hint = nearest(to: name, in: known.map(\.name)).map { "; the nearest name is \($0)" } ?? ""
            throw SliceFault(reason: "there is no slice \(name)\(hint)")
        }
        guard !slice.imageIDs.isEmpty else { throw SliceFault(reason: "the slice \(name) has no images") }
        return slice
    }

    private func part(_ slice: ImageSlice) throws(SliceFault) -> GateEvidence {
        guard let own = candidate.matches, baseline.map({ $0.matches != nil }) ?? true else {
            throw SliceFault(
                reason: "a slice needs what was found on each image, and one side has numbers alone; "
                    + "name models, or files of `apus gate baseline`")
        }
        do throws(EvaluationError) {
            let metrics = try own.metrics(on: slice)
            var evidence = GateEvidence(candidate: metrics.values, instances: metrics.instances)
            let other = baseline?.matches
            evidence.baseline = try other.map { (other) throws(EvaluationError) in try other.metrics(on: slice).values }
            guard compares(slice.name), let other else { return evidence }
            evidence.candidateDraws = try own.bootstrap(
                draws: rules.draws, seed: rules.seed, slice: slice, threads: threads)
            evidence.baselineDraws = try other.bootstrap(
                draws: rules.draws, seed: rules.seed, slice: slice, threads: threads)
            evidence.mcNemar = McNemar(candidate: own, baseline: other, weights: try own.weights(of: slice))
            return evidence
        } catch {
            throw SliceFault(reason: error.description)
        }
    }

    /// Whether any rule on this part asks for a difference.
    private func compares(_ slice: String?) -> Bool {
        baseline != nil && rules.rules.contains { $0.slice == slice && $0.comparesToBaseline }
    }
}
