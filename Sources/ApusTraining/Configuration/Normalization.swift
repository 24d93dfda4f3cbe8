import ApusTorch

/// What an image's channels, in 0…1, are brought to before a network sees them.
public enum Normalization: String, Codable, CaseIterable, Sendable {
    case none
    /// Less ImageNet's means, divided by its deviations, as torchvision's weights want it.
    case imagenet

    /// Means and deviations of the channels.
    public var statistics: (mean: [Float], std: [Float]) {
        switch self {
        case .none: ([0, 0, 0], [1, 1, 1])
        case .imagenet: ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        }
    }

    func callAsFunction(_ images: Tensor) -> Tensor {
        guard self != .none else { return images }
        let (mean, std) = statistics
        let device = images.device
        return (images - Tensor(mean, shape: [1, 3, 1, 1], device: device))
            / Tensor(std, shape: [1, 3, 1, 1], device: device)
    }
}
