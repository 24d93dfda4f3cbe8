import ApusCore
import ApusTorch

/// An exponential moving average of a module's parameters and buffers, kept in a second module of the same build.
///
/// The decay grows with the updates n: `decay · (1 − e^(−n / tau))`, so that early weights are soon forgotten.
public final class ModelEMA {
    /// The average: evaluate, save and export this one.
    public let average: Module
    public let decay, tau: Double
    public private(set) var updates: Int

    private let averages, values: [Tensor]

    /// Starts the average at `model`'s values. `average` must have been built as `model` was.
    public init(of model: Module, in average: Module, decay: Double = 0.9999, tau: Double = 2000, updates: Int = 0)
        throws(TorchError)
    {
        try average.load(model.stateDictionary())
        average.setTraining(false)
        for parameter in average.parameters { parameter.tensor.requiresGradient = false }
        (self.average, self.decay, self.tau, self.updates) = (average, decay, tau, updates)
        averages = average.stateDictionary().map(\.tensor)
        values = model.stateDictionary().map(\.tensor)
    }

    public func update() throws(TorchError) {
        updates += 1
        try TrainingSteps.average(averages, with: values, decay: decay(at: updates))
    }

    /// Continues an interrupted average: its values and how many updates it had seen.
    public func restore(_ state: StateDictionary, updates: Int) throws(TorchError) {
        try average.load(state)
        self.updates = updates
    }

    func decay(at updates: Int) -> Double { decay * (1 - Mathematics.exponential(-Double(updates) / tau)) }
}
