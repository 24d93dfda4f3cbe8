import ApusNN
import ApusTorch

/// A network that finds boxes in images.
public protocol Detector: Module {
    var classCount: Int { get }
    /// Pixels a cell, for each level; image sides are multiples of the last.
    var strides: [Int] { get }
    /// Raw maps for images `[N, 3, H, W]`, RGB in 0…1.
    func callAsFunction(_ x: Tensor) -> DetectionOutput
}

extension Detector {
    /// Decoded predictions `[N, 4 + classes, anchors]` by the running statistics, without gradients.
    public func predict(_ x: Tensor) throws(TorchError) -> Tensor {
        let wasTraining = isTraining
        if wasTraining { setTraining(false) }
        defer { if wasTraining { setTraining(true) } }
        return try withoutGradients { () throws(TorchError) in try self(x).decoded() }
    }
}
