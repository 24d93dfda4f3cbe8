import ApusTorch

extension Module {
    /// Sets what all batch normalizations know of their channels to what they see while `forward` calls this module
    /// once. Without it, the initial weights of deep networks of depthwise convolutions let every signal fade.
    public func adoptStatistics(_ forward: () -> Void) {
        let layers = modules().compactMap { $0.module as? BatchNorm2D }
        let wasTraining = isTraining
        setTraining(true)
        for layer in layers { layer.scaleStatistics(by: 0) }
        withoutGradients(forward)
        // One step from zero leaves the batch's statistics times the momentum.
        for layer in layers { layer.scaleStatistics(by: 1 / layer.momentum) }
        setTraining(wasTraining)
    }
}

extension BatchNorm2D {
    fileprivate func scaleStatistics(by factor: Double) {
        runningMean.assign(runningMean * factor)
        runningVariance.assign(runningVariance * factor)
    }
}
