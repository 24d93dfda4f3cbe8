import CApusTorch

/// How far one parameter moves within an optimizer step.
public struct StepRates {
    public var learningRate: Double
    /// SGD's and RMSProp's momentum; the others' β₁.
    public var momentum: Double
    public var weightDecay: Double

    public init(learningRate: Double, momentum: Double, weightDecay: Double) {
        (self.learningRate, self.momentum, self.weightDecay) = (learningRate, momentum, weightDecay)
    }

    var c: apus_step_rates {
        apus_step_rates(learningRate: Float(learningRate), momentum: Float(momentum), weightDecay: Float(weightDecay))
    }
}

/// Whole optimizer and averaging steps, each one call for all parameters. Clipping, where `maximumNorm` is positive,
/// scales all gradients by one factor; gradients are released; the norm before clipping is returned, and where it is
/// not finite nothing changes.
public enum TrainingSteps {
    /// Stochastic gradient descent with momentum as PyTorch defines it.
    public static func sgd(
        parameters: [Tensor], momenta: [Tensor], rates: [StepRates], nesterov: Bool, maximumNorm: Double
    ) throws(TorchError) -> Double {
        precondition(
            parameters.count == momenta.count && parameters.count == rates.count, "one state for each parameter")
        var norm = 0.0
        let status = withExtendedLifetime((parameters, momenta)) {
            apus_sgd_step(
                parameters.map(\.handle), momenta.map(\.handle), rates.map(\.c), parameters.count, nesterov,
                maximumNorm,
                &norm)
        }
        guard status == 0 else { throw .last }
        return norm
    }

    /// Optimizers that keep moments of the gradients.
    public enum Adaptive: Int32, Sendable {
        case adam, adamW, radam, rmsProp, lion
    }

    /// A step of an adaptive optimizer; `step` is 1 first. `second` is empty where the kind has no second moments.
    public static func adaptive(
        _ kind: Adaptive, parameters: [Tensor], first: [Tensor], second: [Tensor], rates: [StepRates], beta2: Double,
        epsilon: Double, step: Int, maximumNorm: Double
    ) throws(TorchError) -> Double {
        precondition(parameters.count == first.count && parameters.count == rates.count, "one state for each parameter")
        precondition(second.count == (kind == .lion ? 0 : parameters.count), "one state for each parameter")
        var norm = 0.0
        let status = withExtendedLifetime((parameters, first, second)) {
            apus_adaptive_step(
                kind.rawValue, parameters.map(\.handle), first.map(\.handle),
                kind == .lion ? nil : second.map(\.handle), rates.map(\.c), parameters.count, beta2, epsilon,
                Int64(step), maximumNorm, &norm)
        }
        guard status == 0 else { throw .last }
        return norm
    }

    /// average = decay · average + (1 − decay) · value; tensors of whole numbers are copied.
    public static func average(_ averages: [Tensor], with values: [Tensor], decay: Double) throws(TorchError) {
        precondition(averages.count == values.count, "one average for each value")
        let status = withExtendedLifetime((averages, values)) {
            apus_average_step(averages.map(\.handle), values.map(\.handle), values.count, decay)
        }
        guard status == 0 else { throw .last }
    }

    /// Copies the elements of tensors to others of the same shapes.
    public static func copy(_ sources: [Tensor], to targets: [Tensor]) throws(TorchError) {
        precondition(sources.count == targets.count, "one source for each target")
        let status = withExtendedLifetime((sources, targets)) {
            apus_tensors_copy(targets.map(\.handle), sources.map(\.handle), sources.count)
        }
        guard status == 0 else { throw .last }
    }

    /// Multiplies all gradients, in place.
    public static func scaleGradients(_ parameters: [Tensor], by factor: Double) throws(TorchError) {
        let status = withExtendedLifetime(parameters) {
            apus_scale_gradients(parameters.map(\.handle), parameters.count, factor)
        }
        guard status == 0 else { throw .last }
    }

    /// The Euclidean norm of all gradients together.
    public static func gradientNorm(_ parameters: [Tensor]) throws(TorchError) -> Double {
        var norm = 0.0
        let status = withExtendedLifetime(parameters) {
            apus_gradient_norm(parameters.map(\.handle), parameters.count, &norm)
        }
        guard status == 0 else { throw .last }
        return norm
    }
}
