import ApusNN
import ApusTorch

/// A network that finds objects in images: boxes, and what its task adds to each.
public protocol ObjectNetwork<Output>: Module {
    associatedtype Output: ObjectOutput
    var classCount: Int { get }
    /// Pixels a cell, for each level; image sides are multiples of the last.
    var strides: [Int] { get }
    /// Raw maps for images `[N, 3, H, W]`, RGB in 0…1.
    func callAsFunction(_ x: Tensor) -> Output
}

/// What a network's head says before decoding.
public protocol ObjectOutput: Sendable {
    /// Boxes and class scores.
    var detection: DetectionOutput { get }
    /// `[B, 4 + classes + extras, anchors]`: centre x, centre y, width, height in pixels, sigmoid scores, then what the
    /// task adds.
    func decoded() throws(TorchError) -> Tensor
}

extension ObjectNetwork {
    /// Decoded predictions `[N, 4 + classes + extras, anchors]` by the running statistics, without gradients.
    public func predict(_ x: Tensor) throws(TorchError) -> Tensor { try evaluated(x).decoded() }

    /// The head's maps by the running statistics, without gradients.
    public func evaluated(_ x: Tensor) -> Output {
        let wasTraining = isTraining
        if wasTraining { setTraining(false) }
        defer { if wasTraining { setTraining(true) } }
        return withoutGradients { self(x) }
    }
}
