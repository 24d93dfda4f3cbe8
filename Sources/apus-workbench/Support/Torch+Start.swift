import ApusTorch

extension Torch {
    /// Settings for a command that computes; before its first tensor.
    static func start() {
        shareCores()
        usePooledMemory()
    }
}
