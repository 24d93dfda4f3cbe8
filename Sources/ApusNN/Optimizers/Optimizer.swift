import ApusTorch

/// Parameters that are optimized by the same numbers.
public struct ParameterGroup {
    public var name: String
    public var parameters: [Module.Named]
    public var learningRate: Double
    /// What the learning rate is multiplied by: layers may learn at rates of their own while a schedule sets one.
    public var rateFactor = 1.0
    /// SGD's and RMSProp's momentum; the others' β₁.
    public var momentum: Double
    public var weightDecay: Double

    public init(
        name: String, parameters: [Module.Named], learningRate: Double, momentum: Double, weightDecay: Double = 0
    ) {
        (self.name, self.parameters) = (name, parameters)
        (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    }
}

/// Changes parameters by their gradients. `groups` may be given other rates between steps, not other parameters.
public protocol Optimizer: AnyObject {
    var groups: [ParameterGroup] { get set }

    /// Clips the gradients' common norm to `maximumNorm` (where it is given), moves the parameters, releases the
    /// gradients and returns the norm before clipping. Where that is not finite, nothing moves.
    @discardableResult
    func step(maximumNorm: Double?) throws(TorchError) -> Double

    /// The optimizer's own tensors, to be saved with the parameters and loaded back.
    func stateDictionary() -> StateDictionary
    func load(_ state: StateDictionary) throws(TorchError)
}

extension Module {
    /// The three groups that detectors are trained with: `weights` decay, `norms` (normalization weights) and `biases`
    /// do not.
    public func parameterGroups(learningRate: Double, momentum: Double, weightDecay: Double) -> [ParameterGroup] {
        var (weights, norms, biases): ([Named], [Named], [Named]) = ([], [], [])
        for (path, module) in modules() {
            for (name, tensor) in module.localParameters where tensor.requiresGradient {
                let named = (path.isEmpty ? name : path + "." + name, tensor)
                if name == "bias" {
                    biases.append(named)
                } else if module is BatchNorm2D {
                    norms.append(named)
                } else {
                    weights.append(named)
                }
            }
        }
        return [("weights", weights, weightDecay), ("norms", norms, 0), ("biases", biases, 0)].map {
            ParameterGroup(
                name: $0.0, parameters: $0.1, learningRate: learningRate, momentum: momentum, weightDecay: $0.2)
        }
    }
}
