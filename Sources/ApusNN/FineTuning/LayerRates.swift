import ApusTorch

/// Learning rates that differ by layer, as factors of the rate that the schedule gives.
public struct LayerRates: Codable, Hashable, Sendable {
    /// One pattern of parameters' names and its factor.
    public struct Rule: Codable, Hashable, Sendable {
        /// As in `FreezeRules`: `*` and `?` stand for other letters, and a path means all below it.
        public var pattern: String
        public var factor: Double

        public init(_ pattern: String, factor: Double) { (self.pattern, self.factor) = (pattern, factor) }
    }

    /// The last rule that matches a parameter counts.
    public var rules: [Rule]
    /// What each layer's rate is multiplied by for each layer behind it (Clark et al.,
    /// <https://arxiv.org/abs/2003.10555>), 0…1; `nil` and 1 for none. The last layer's factor is 1.
    public var layerDecay: Double?

    public init(rules: [Rule] = [], layerDecay: Double? = nil) { (self.rules, self.layerDecay) = (rules, layerDecay) }
}

extension Module {
    /// `groups`, each divided by the factors that `rates` give its parameters. The parts keep the group's name.
    ///
    /// - Throws: `TorchError.state` for a pattern that matches nothing or a factor that is no rate.
    public final func groups(
        _ groups: [ParameterGroup], scaledBy rates: LayerRates
    ) throws(TorchError) -> [ParameterGroup] {
        let factors = try rateFactors(rates)
        return groups.flatMap { group in
            var parts: [ParameterGroup] = []
            for parameter in group.parameters {
                let factor = group.rateFactor * (factors[parameter.name] ?? 1)
                if let index = parts.firstIndex(where: { $0.rateFactor == factor }) {
                    parts[index].parameters.append(parameter)
                } else {
                    var part = group
                    (part.parameters, part.rateFactor) = ([parameter], factor)
                    parts.append(part)
                }
            }
            return parts.isEmpty ? [group] : parts
        }
    }

    /// The factor of each parameter that has one.
    private func rateFactors(_ rates: LayerRates) throws(TorchError) -> [String: Double] {
        for factor in rates.rules.map(\.factor) + [rates.layerDecay ?? 1] where !(0...1000).contains(factor) {
            throw .state("layer rates: \(factor) is no factor of a learning rate; choose one of 0 to 1000")
        }
        var decayed: [String: Double] = [:], ruled: [String: Double] = [:]
        var factor = 1.0
        for layer in numberedLayers.reversed() {
            for parameter in layer.module.parameters { decayed[layer.path + "." + parameter.name] = factor }
            factor *= rates.layerDecay ?? 1
        }
        for rule in rates.rules {
            for name in try parameterNames(matching: rule.pattern, purpose: "layer rates") { ruled[name] = rule.factor }
        }
        return decayed.merging(ruled) { $0 * $1 }
    }
}
