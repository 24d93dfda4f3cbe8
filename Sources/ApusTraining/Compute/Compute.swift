import ApusTorch

/// Where a network learns, and in what numbers: the one place where a run's device is chosen.
public struct Compute: Equatable, Sendable, CustomStringConvertible {
    public var device: Device
    /// Never `auto`.
    public var precision: Precision

    public static let cpu = Compute(device: .cpu, precision: .float32)

    public init(device: Device, precision: Precision) { (self.device, self.precision) = (device, precision) }

    /// Chooses as the experiment says, and starts the device.
    ///
    /// - Parameter localRank: this process's place among those of the machine that train together.
    /// - Throws: `TorchError.device` for a device that is not there, or does not compute in such numbers.
    init(_ experiment: Experiment, localRank: Int = 0) throws(TorchError) {
        device = try Device(named: experiment.device, localRank: localRank)
        precision = try experiment.precision.chosen(on: device)
        if device != .cpu { Torch.choose(experiment.cuda.choices) }
    }

    /// What losses are multiplied by at first, where small gradients would be lost.
    var newLossScale: LossScale? { precision == .float16 ? LossScale() : nil }

    public var description: String { "\(device), \(precision.rawValue)" }

    /// What was chosen for the user, in lines.
    func notes(for experiment: Experiment) -> [String] {
        var notes: [String] = []
        let name = device.name.isEmpty ? "" : " (\(device.name))"
        if device != .cpu || experiment.device != "cpu" {
            notes.append("device \(experiment.device): \(device)\(name)")
        }
        if experiment.precision == .auto { notes.append("precision auto: \(precision.rawValue)") }
        return notes
    }
}
