import ApusCore
import ApusDatasets
import ApusModels
import ApusNN
import ApusTorch

/// What turns a batch into raw outputs: LibTorch while training, our runtime once exported.
public protocol BatchPredictor {
    /// The network's outputs in their order, the batch as the first extent of each.
    func outputs(for batch: Batch) throws -> [NDArray]

    /// The same network computing on one thread, for several batches side by side, so that no core waits while one
    /// reads outputs; `nil` where it is one that keeps all cores busy by itself.
    func onOneThread() throws -> (any BatchPredictor & Sendable)?
}

extension BatchPredictor {
    public func onOneThread() throws -> (any BatchPredictor & Sendable)? { nil }
}

/// Raw outputs of a LibTorch module of any task.
public struct NetworkPredictor: BatchPredictor {
    private let predict: (Tensor) throws -> [Tensor]
    private let normalization: Normalization
    private let device: Device

    /// - Parameter device: where the network is. Whatever it learnt in, it is measured in float32.
    /// - Throws: `TrainingError.untrainable` for a module that is no network of a task.
    public init(
        _ network: Module, _ normalization: Normalization, on device: Device = .cpu
    ) throws(TrainingError) {
        (self.normalization, self.device) = (normalization, device)
        switch network {
        case let network as any Detector: predict = { [try network.predict($0)] }
        case let network as any ObjectNetwork<SegmentationOutput>:
            predict = { images in
                let output = network.evaluated(images)
                return [try output.decoded(), output.prototypes]
            }
        case let network as any ObjectNetwork<PoseOutput>: predict = { [try network.predict($0)] }
        case let network as any ObjectNetwork<OrientedOutput>: predict = { [try network.predict($0)] }
        case let network as any ImageClassifier: predict = { [network.predict($0)] }
        case let network as SimCC:
            predict = { images in
                let output = network.predict(images)
                return [output.x, output.y]
            }
        default: throw .untrainable("\(type(of: network))")
        }
    }

    public func outputs(for batch: Batch) throws -> [NDArray] {
        try Torch.watchingMemory {
            try predict(normalization(.pixels(of: batch, on: device))).map {
                NDArray($0.elements(of: Float.self), shape: $0.shape)
            }
        }
    }
}

extension NDArray {
    /// The part of a batch's array that is one image's, with a first extent of 1.
    func image(_ index: Int, of count: Int) -> NDArray {
        let length = self.count / max(count, 1)
        let values: [Float] = withElements(of: Float.self) { Array($0[index * length..<(index + 1) * length]) }
        return NDArray(values, shape: Shape([1] + shape.dimensions.dropFirst()))
    }
}
