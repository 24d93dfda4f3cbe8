import ApusNN
import ApusTorch

/// What a step changes before its optimizer does: statistics and gradients, to be put back where it finds no memory.
struct StepGuard {
    private let parameters, buffers, kept: [Tensor]
    private var waiting: [Tensor?] = []

    init(_ model: Module) {
        parameters = model.parameters.map(\.tensor)
        buffers = model.buffers.map(\.tensor)
        kept = buffers.map { $0.detached().clone() }
    }

    /// Before a step: keeps what is there; gradients that wait are taken away.
    mutating func begin(keepingGradients: Bool) throws(TorchError) {
        try TrainingSteps.copy(buffers, to: kept)
        waiting = keepingGradients ? parameters.map(\.gradient) : []
        for (parameter, gradient) in zip(parameters, waiting) where gradient != nil { parameter.clearGradient() }
    }

    /// Puts the statistics back.
    func restoreBuffers() throws(TorchError) { try TrainingSteps.copy(kept, to: buffers) }

    /// Puts everything back.
    func restore() throws(TorchError) {
        try restoreBuffers()
        for parameter in parameters { parameter.clearGradient() }
        try joinGradients()
    }

    /// After a step: the gradients that waited, and the step's added to them.
    func joinGradients() throws(TorchError) {
        for (parameter, gradient) in zip(parameters, waiting) {
            if let gradient { try parameter.addGradient(to: gradient) }
        }
    }
}
