import ApusConfiguration
import ApusNN
import ApusTorch

/// The optimizer and its schedule; the names and defaults are those of v8-style training.
///
/// What is left out has the value that suits the optimizer; what is written is never changed.
public struct OptimizerConfiguration: Defaulted, Validated, Equatable, Sendable {
    public enum Name: String, Codable, CaseIterable, Sendable {
        case sgd, adam, adamw, radam, rmsprop, lion
        /// Chosen by the length of the training; the choice is printed.
        case auto
    }

    public var name = Name.sgd
    /// The learning rate after warm-up.
    public var lr0: Double?
    /// The last learning rate, as a fraction of `lr0`.
    public var lrf = 0.01
    public var schedule = Schedule.linear
    /// SGD's and RMSProp's momentum; the others' first beta.
    public var momentum: Double?
    /// The second beta; RMSProp's alpha.
    public var beta2: Double?
    public var nesterov = true
    public var weightDecay = 5e-4
    /// Gradients are accumulated until about this many images have been seen; weight decay is scaled to it.
    public var nominalBatchSize = 64
    public var warmupEpochs = 3.0
    /// Warm-up lasts at least this many steps.
    public var warmupMinimumSteps = 100
    public var warmupMomentum = 0.8
    public var warmupBiasLR: Double?
    /// Gradients are scaled down to this Euclidean norm; 0 for no limit.
    public var clipNorm = 10.0
    /// Schedule `step`: the epochs after which the rate is multiplied by `gamma`.
    public var milestones: [Int] = []
    /// Schedules `step` and `plateau`: what the rate is multiplied by.
    public var gamma = 0.1
    /// Schedule `plateau`: evaluations without a better result that are borne.
    public var plateauPatience = 10
    /// Schedule `one_cycle`: the fraction of the steps in which the rate rises.
    public var rise = 0.3

    public init() {}

    enum CodingKeys: String, CodingKey {
        case name, lr0, lrf, schedule, momentum, beta2, nesterov, milestones, gamma, rise
        case weightDecay = "weight_decay"
        case nominalBatchSize = "nominal_batch_size"
        case warmupEpochs = "warmup_epochs"
        case warmupMinimumSteps = "warmup_minimum_steps"
        case warmupMomentum = "warmup_momentum"
        case warmupBiasLR = "warmup_bias_lr"
        case clipNorm = "clip_norm"
        case plateauPatience = "plateau_patience"
    }

    public func problems() -> [ConfigurationProblem] {
        let belowOne = "0 up to, not including, 1"
        return [
            lr0.flatMap { .require("lr0", $0 > 0, expected: "a number above 0", found: $0) },
            .range("lrf", lrf, 0...1),
            momentum.flatMap { .require("momentum", (0..<1).contains($0), expected: belowOne, found: $0) },
            beta2.flatMap { .require("beta2", (0..<1).contains($0), expected: belowOne, found: $0) },
            .atLeast("weight_decay", weightDecay, 0),
            .range("nominal_batch_size", nominalBatchSize, 1...1_000_000),
            .range("warmup_epochs", warmupEpochs, 0...100_000),
            .range("warmup_minimum_steps", warmupMinimumSteps, 0...1_000_000_000),
            .require("warmup_momentum", (0..<1).contains(warmupMomentum), expected: belowOne, found: warmupMomentum),
            warmupBiasLR.flatMap { .atLeast("warmup_bias_lr", $0, 0) },
            .atLeast("clip_norm", clipNorm, 0),
            .require(
                "milestones", schedule != .step || !milestones.isEmpty, expected: "epochs, for the schedule step",
                found: "none"),
            .require("gamma", gamma > 0 && gamma <= 1, expected: "a number above 0, at most 1", found: gamma),
            .range("plateau_patience", plateauPatience, 0...100_000),
            .require("rise", rise > 0 && rise < 1, expected: "a number between 0 and 1", found: rise),
        ].compactMap { $0 }
    }
}

// MARK: What is left out

extension OptimizerConfiguration {
    /// The same with every number written: those of the user, else those that suit the optimizer; and what was chosen
    /// for the user, in lines.
    ///
    /// - Parameter steps: batches of the whole training.
    func chosen(steps: Int, classCount: Int) -> (configuration: OptimizerConfiguration, notes: [String]) {
        guard name == .auto else { return (completed(with: name.usual), []) }
        let isLong = steps > Self.longTraining
        var result = self
        result.name = isLong ? .sgd : .adamw
        // The fewer the classes, the larger the first steps of AdamW may be.
        let rate = (0.002 * 5 / Double(4 + classCount) * 1e6).rounded() / 1e6
        let usual = isLong ? Usual(lr0: 0.01, momentum: 0.9) : Usual(lr0: rate, momentum: 0.9, warmupBiasLR: 0)
        result = result.completed(with: usual)
        return (result, [result.choice(given: self, steps: steps)])
    }

    private static var longTraining: Int { 10_000 }

    private func choice(given: OptimizerConfiguration, steps: Int) -> String {
        func part(_ key: String, _ value: Double?, _ given: Double?) -> String {
            "\(key) \(value ?? 0)" + (given == nil ? "" : " (yours)")
        }
        return "optimizer auto: \(name.rawValue) for \(steps) steps, " + part("lr0", lr0, given.lr0) + ", "
            + part("momentum", momentum, given.momentum) + ", "
            + part("warmup_bias_lr", warmupBiasLR, given.warmupBiasLR)
    }

    /// Numbers that suit an optimizer.
    fileprivate struct Usual {
        var lr0: Double
        var momentum: Double
        var beta2 = 0.999
        var warmupBiasLR = 0.1
    }

    private func completed(with usual: Usual) -> OptimizerConfiguration {
        var result = self
        result.lr0 = lr0 ?? usual.lr0
        result.momentum = momentum ?? usual.momentum
        result.beta2 = beta2 ?? usual.beta2
        result.warmupBiasLR = warmupBiasLR ?? usual.warmupBiasLR
        return result
    }
}

extension OptimizerConfiguration.Name {
    fileprivate var usual: OptimizerConfiguration.Usual {
        switch self {
        case .sgd, .auto: .init(lr0: 0.01, momentum: 0.937)
        case .adam, .adamw, .radam: .init(lr0: 0.001, momentum: 0.9, warmupBiasLR: 0)
        case .rmsprop: .init(lr0: 0.001, momentum: 0.9, beta2: 0.99, warmupBiasLR: 0)
        case .lion: .init(lr0: 1e-4, momentum: 0.9, beta2: 0.99, warmupBiasLR: 0)
        }
    }

    private var kind: AdaptiveOptimizer.Kind? {
        switch self {
        case .sgd, .auto: nil
        case .adam: .adam
        case .adamw: .adamW
        case .radam: .radam
        case .rmsprop: .rmsProp
        case .lion: .lion
        }
    }

    func makeOptimizer(_ groups: [ParameterGroup], _ configuration: OptimizerConfiguration) -> any Optimizer {
        guard let kind else { return SGD(groups, nesterov: configuration.nesterov) }
        return AdaptiveOptimizer(kind, groups, beta2: configuration.beta2 ?? usual.beta2)
    }
}

extension OptimizerConfiguration {
    func makeOptimizer(
        for model: Module, weightDecay: Double, layerRates: LayerRates
    ) throws(TorchError) -> any Optimizer {
        let groups = model.parameterGroups(
            learningRate: lr0 ?? 0, momentum: momentum ?? 0, weightDecay: weightDecay)
        return name.makeOptimizer(try model.groups(groups, scaledBy: layerRates), self)
    }
}

extension ParameterGroup {
    mutating func take(_ rates: ScheduledRates) {
        learningRate = name == "biases" ? rates.biasLearningRate : rates.learningRate
        momentum = rates.momentum
    }
}
