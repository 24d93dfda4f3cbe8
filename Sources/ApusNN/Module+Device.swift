import ApusTorch

extension Module {
    /// Moves parameters and buffers. Before an optimizer or an average of the module is made: theirs stay where they are.
    public final func move(to device: Device) throws(TorchError) {
        for (_, tensor) in stateDictionary() { try tensor.move(to: device) }
    }
}
